printf '%s\n' 'insmod watcher.ko' '!insmod halfway.ko fail_at=3' 'dmesg -t' > undo.script
cargo loader --built-in run undo.script | grep -e insmod -e watcher: -e halfway: | grep -v -e taint
printf '%s\n' 'insmod ramdisk.ko' 'cat /proc/partitions' 'dmesg -t' > disk.script
cargo loader --built-in --visibility hidden run disk.script | grep -e ramdisk -e requests | grep -v taint
cargo loader --built-in --visibility visible run disk.script | grep -e ramdisk -e requests | grep -v taint
cargo loader --built-in --visibility make-live run disk.script | grep -e ramdisk -e requests | grep -v taint
