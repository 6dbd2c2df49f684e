printf '%s\n' 'insmod parrot.ko' 'open /dev/parrot' '!rmmod parrot' '!rmmod --wait parrot' '!rmmod parrot' '!open /dev/parrot' 'close 3' 'sleep 0.2' '!rmmod parrot' > wait.script
cargo loader --built-in run wait.script
