mkdir -p shelf && cp abacus.ko merchant.ko shelf
printf '%s\n' 'insmod watcher.ko' 'modprobe merchant apples=12' 'cat /proc/modules' > shelf/day
printf '%s\n' '!rmmod abacus' '!insmod watcher.ko' 'dmesg -C' '!insmod halfway.ko fail_at=2' >> shelf/day
printf '%s\n' 'modprobe -r merchant' 'dmesg -t' >> shelf/day
cargo loader --built-in --modules shelf run shelf/day
