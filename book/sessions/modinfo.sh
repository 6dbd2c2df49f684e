cargo loader modinfo -F depends merchant.ko
cargo loader modinfo -F parm merchant.ko settings.ko
