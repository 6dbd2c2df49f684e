cargo loader link --base 0x40000000 tally.ko -o placed
LC_ALL=C sort -k 2 placed/map
printf '%s\n' 'insmod tally.ko' lsmod > size.script
cargo loader --built-in run size.script
