readelf -rW kernel/lib/crc7.ko | grep R_X86_64 | tr -s ' '
cargo loader link --base 0xffffffffc0000000 --undefined 0xffffffff81100000 kernel/lib/crc7.ko -o /tmp/crc7
grep -w -e .text -e __ksymtab -e .rodata /tmp/crc7/map
od -A x -t x1 /tmp/crc7/*.text
od -A x -t d4 -N 12 /tmp/crc7/*__ksymtab
readelf -rW kernel/fs/ext4/ext4.ko | grep -o 'R_X86_64_[A-Z0-9]*' | sort | uniq -c
