printf '%s\n' '!insmod kernel/crypto/tcrypt.ko' lsmod | cargo loader run /dev/stdin
printf '%s\n' '!insmod kernel/drivers/crypto/padlock-sha.ko' lsmod | cargo loader run /dev/stdin
printf '%s\n' 'insmod kernel/drivers/block/brd.ko rd_nr=1' 'cat /sys/module/brd/initstate' | cargo loader run /dev/stdin
printf '%s\n' '!insmod kernel/lib/test_user_copy.ko' lsmod '!rmmod test_user_copy' | cargo loader run /dev/stdin
