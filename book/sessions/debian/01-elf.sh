stat -c %s kernel/lib/crc7.ko
od -A d -t x1z -N 64 kernel/lib/crc7.ko
tail -c 40 kernel/lib/crc7.ko | od -A d -t x1z
head -c 5136 kernel/lib/crc7.ko > /tmp/bare.ko
cargo loader modinfo -F signer kernel/lib/crc7.ko /tmp/bare.ko
cargo loader verdict --symvers ../../../../headers/usr/src/linux-headers-*/Module.symvers --vermagic "$(cargo loader modinfo -F vermagic /tmp/bare.ko)" kernel/lib/crc7.ko /tmp/bare.ko
