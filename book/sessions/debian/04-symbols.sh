ln -sf "$PWD"/../../../../headers/usr/src/linux-headers-*/Module.symvers /tmp/Module.symvers
cut -f 4 /tmp/Module.symvers | sort | uniq -c
cut -f 5 /tmp/Module.symvers | grep . | sort | uniq -c | sort -rn | head -n 3
find kernel -name '*.ko' | xargs nm -u | grep ' U ' | sort | uniq -c | sort -rn | head -n 5
cargo loader modinfo -F depends kernel/drivers/usb/storage/ums-usbat.ko
LC_ALL=C sed s/import_ns=USB_STORAGE/import_ns=USB_STORAGX/ kernel/drivers/usb/storage/ums-usbat.ko > /tmp/guest.ko
LC_ALL=C sed s/license=GPL/license=XPL/ kernel/drivers/usb/storage/ums-usbat.ko > /tmp/thief.ko
for module in guest thief; do cargo loader verdict --symvers /tmp/Module.symvers --vermagic "$(cargo loader modinfo -F vermagic /tmp/guest.ko)" /tmp/$module.ko | sed 's/ | /\n/g' | head -n 5; done
