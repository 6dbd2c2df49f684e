find kernel -name '*.ko' | xargs cargo loader modinfo -F vermagic | tr ' ' _ | sort | uniq -c
find kernel -name '*.ko' | xargs cargo loader modinfo -F license | sort | uniq -c
find kernel -name '*.ko' | xargs cargo loader modinfo -F staging | sort | uniq -c
LC_ALL=C sed s/__versions/__versionX/g kernel/lib/crc7.ko > /tmp/blind.ko
for release in 6.1.0-56-amd64 6.1.0-99-amd64; do echo "== $release"; cargo loader verdict --symvers ../../../../headers/usr/src/linux-headers-*/Module.symvers --vermagic "$release SMP preempt mod_unload modversions " kernel/lib/crc7.ko /tmp/blind.ko; done
