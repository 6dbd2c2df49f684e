cargo loader modinfo -F description hello.ko
head -c 3000 hello.ko > half.ko
(head -c 18 hello.ko; printf '\267'; tail -c +20 hello.ko) > arm.ko
LC_ALL=C sed s/this_module/that_module/ hello.ko > that.ko
(cat hello.ko; printf 'blob\0\0\2\0\0\0\0\0\0\0\0\4~Module signature appended~\n') > signed.ko
(cat hello.ko; printf 'blob\0\0\2\0\0\0\0\0\377\0\0\4~Module signature appended~\n') > lying.ko
cargo loader modinfo -F description arm.ko signed.ko
cargo loader verdict --symvers /dev/null --vermagic "$(cargo loader modinfo -F vermagic hello.ko)" half.ko arm.ko that.ko lying.ko signed.ko hello.ko
rm half.ko arm.ko that.ko signed.ko lying.ko
