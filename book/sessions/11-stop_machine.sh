printf '%s\n' 'insmod parrot.ko' 'open /dev/parrot' lsmod '!rmmod parrot' 'close 3' 'rmmod parrot' > life.script
cargo loader --built-in --cpus 4 --refcount percpu run life.script
