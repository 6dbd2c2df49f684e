rm -rf broken
cargo course damage --seed 33 --count 9 hello.ko -o broken
ls broken
sed -n 's/^ *"what": //p' broken/damage.json
!cd broken && cargo loader verdict --symvers ../../../labs/machine/Module.symvers --vermagic "$(cargo loader modinfo -F vermagic ../hello.ko)" *.ko
rm -r broken
