od -A d -t x1z -j 704 -N 128 kernel/lib/crc7.ko
ln -sf "$PWD"/../../../../headers/usr/src/linux-headers-*/Module.symvers /tmp/Module.symvers
grep -w -e __x86_return_thunk -e module_layout -e crc7_be /tmp/Module.symvers
printf 'typedef unsigned char __u8; typedef __u8 u8; typedef unsigned long __kernel_ulong_t;\n' > /tmp/crc7.i
printf 'typedef __kernel_ulong_t __kernel_size_t; typedef __kernel_size_t size_t;\n' >> /tmp/crc7.i
printf 'u8 crc7_be(u8 crc, const u8 *buffer, size_t len) { }\n__GENKSYMS_EXPORT_SYMBOL(crc7_be);\n' >> /tmp/crc7.i
cargo loader genksyms -D < /tmp/crc7.i 2>&1 | fold -s -w 100
sed 's/^0x[0-9a-f]*\(.kfree.vmlinux\)/0x00000001\1/' /tmp/Module.symvers > /tmp/kfree.symvers
sed 's/^0x[0-9a-f]*\(.module_layout.vmlinux\)/0x00000001\1/' /tmp/Module.symvers > /tmp/layout.symvers
for kernel in Module kfree layout; do echo "== $kernel"; find kernel -name '*.ko' | xargs cargo loader verdict --symvers /tmp/$kernel.symvers --vermagic "$(cargo loader modinfo -F vermagic kernel/lib/crc7.ko)" | cut -f 2 | sort | uniq -c; done
