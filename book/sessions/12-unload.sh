printf '%s\n' 'insmod parrot.ko' 'open /dev/parrot' '!rmmod --wait parrot' '!open /dev/parrot' 'close 3' 'sleep 0.2' '!rmmod parrot' > wait.script
cargo loader --built-in run wait.script
printf '%s\n' 'insmod rogue.ko nap=1500' 'cat /dev/rogue &' 'sleep 0.4' 'rmmod rogue' 'dmesg -t' > honest.script
cargo loader --built-in run honest.script | grep -e '^\$' -e WARNING
printf '%s\n' 'insmod rogue.ko nap=1500' 'cat /dev/rogue &' 'sleep 0.4' 'rmmod -f rogue' 'wait' 'dmesg -t' > forced.script
cargo loader --built-in run forced.script | grep -e '^\$' -e 'freed module text' -e 'Comm: read' | sed 's/ (0x[0-9a-f]*)//'
