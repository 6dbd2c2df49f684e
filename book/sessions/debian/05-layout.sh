cargo loader link --base 0x40000000 kernel/fs/ext4/ext4.ko -o /tmp/ext4
grep -c '' /tmp/ext4/map
LC_ALL=C sort -k 2 /tmp/ext4/map | grep -w -e .text -e .note.gnu.build-id -e .orc_unwind -e .orc_unwind_ip -e __jump_table -e __bug_table -e .bss -e .init.text -e .init.data -e .data..percpu
printf '%s\n' 'modprobe ext4' lsmod > /tmp/ext4/size.script
cargo loader run /tmp/ext4/size.script
