grep -rlw -e stop_machine kernel | sort
printf '%s\n' 'modprobe zram' 'open /dev/zram0' lsmod '!rmmod zram' 'close 3' 'rmmod zram' | cargo loader --cpus 4 --refcount percpu run /dev/stdin
