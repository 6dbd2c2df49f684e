printf '%s\n' 'insmod mishap.ko' '!echo null > /dev/mishap' 'dmesg -t' > oops.script
cargo loader --built-in run oops.script | grep -e RIP: -e ' ? '
printf '%s\n' 'insmod mishap.ko' 'cat /proc/kallsyms' > names.script
cargo loader --built-in run names.script | grep -v '^\$' > names.map
grep -w -e mishap_null -e mishap_fops -e misc_register names.map
cargo loader kallsyms names.map mishap_null+0x7/0x10 mishap_write+0x34/0x70 misc_register
cargo loader kallsyms names.map
