//! Drivers, and the devices and buses they are for: nothing is ever plugged in, so no driver is asked to probe.
//! Linux: drivers/base/, drivers/pci/, drivers/acpi/, drivers/input/serio/ and so on.

use super::Key::{First, Second, SecondPlus};
use super::Pair;

/// The `struct device_driver` in a `struct spi_driver` (include/linux/spi/spi.h); bytes.
const SPI_DRIVER: u64 = 0x20;

pub(super) const PAIRS: &[Pair] = &[
    // Buses that vmlinux has, and their drivers.
    Pair("bus_register", First, "bus_unregister", First),
    Pair("subsys_system_register", First, "bus_unregister", First),
    Pair("driver_register", First, "driver_unregister", First),
    Pair("__pci_register_driver", First, "pci_unregister_driver", First),
    Pair("__platform_driver_register", First, "platform_driver_unregister", First),
    Pair("__platform_register_drivers", First, "platform_unregister_drivers", First),
    Pair("i2c_register_driver", Second, "i2c_del_driver", First),
    Pair("__spi_register_driver", SecondPlus(SPI_DRIVER), "driver_unregister", First),
    Pair("__serdev_device_driver_register", First, "driver_unregister", First),
    Pair("spi_mem_driver_register_with_owner", First, "spi_mem_driver_unregister", First),
    Pair("acpi_bus_register_driver", First, "acpi_bus_unregister_driver", First),
    Pair("pnp_register_driver", First, "pnp_unregister_driver", First),
    Pair("__serio_register_driver", First, "serio_unregister_driver", First),
    Pair("__auxiliary_driver_register", First, "auxiliary_driver_unregister", First),
    Pair("__xenbus_register_frontend", First, "xenbus_unregister_driver", First),
    Pair("__xenbus_register_backend", First, "xenbus_unregister_driver", First),
    Pair("__dax_driver_register", First, "dax_driver_unregister", First),
    Pair("__cxl_driver_register", First, "cxl_driver_unregister", First),
    Pair("coreboot_driver_register", First, "coreboot_driver_unregister", First),
    Pair("zpool_register_driver", First, "zpool_unregister_driver", First),
    Pair("cpufreq_register_driver", First, "cpufreq_unregister_driver", First),
    Pair("cpufreq_register_governor", First, "cpufreq_unregister_governor", First),
    Pair("uart_register_driver", First, "uart_unregister_driver", First),
    Pair("tty_register_driver", First, "tty_unregister_driver", First),
    Pair("tty_register_ldisc", First, "tty_unregister_ldisc", First),
    // Devices that modules make up.
    Pair("hwrng_register", First, "hwrng_unregister", First),
    Pair("led_trigger_register", First, "led_trigger_unregister", First),
    Pair("led_classdev_register_ext", Second, "led_classdev_unregister", First),
    Pair("input_register_device", First, "input_unregister_device", First),
    Pair("input_register_handler", First, "input_unregister_handler", First),
    Pair("input_register_handle", First, "input_unregister_handle", First),
    Pair("dma_async_device_register", First, "dma_async_device_unregister", First),
    Pair("register_framebuffer", First, "unregister_framebuffer", First),
    Pair("spi_register_controller", First, "spi_unregister_controller", First),
    Pair("i2c_add_adapter", First, "i2c_del_adapter", First),
    Pair("i2c_add_numbered_adapter", First, "i2c_del_adapter", First),
    Pair("register_acpi_bus_type", First, "unregister_acpi_bus_type", First),
    Pair("perf_pmu_register", First, "perf_pmu_unregister", First),
    Pair("edac_device_add_device", First, "edac_device_del_device", First),
    Pair("cpci_hp_register_controller", First, "cpci_hp_unregister_controller", First),
    Pair("acpiphp_register_attention", First, "acpiphp_unregister_attention", First),
    Pair("vga_switcheroo_register_handler", First, "vga_switcheroo_unregister_handler", First),
    // What stands between devices.
    Pair("transport_class_register", First, "transport_class_unregister", First),
    Pair("anon_transport_class_register", First, "anon_transport_class_unregister", First),
    Pair("attribute_container_register", First, "attribute_container_unregister", First),
    Pair("bus_register_notifier", Second, "bus_unregister_notifier", Second),
    Pair("gpiod_add_lookup_table", First, "gpiod_remove_lookup_table", First),
    Pair("software_node_register", First, "software_node_unregister", First),
    Pair("software_node_register_node_group", First, "software_node_unregister_node_group", First),
    Pair("request_threaded_irq", First, "free_irq", First),
    Pair("i8042_install_filter", First, "i8042_remove_filter", First),
    Pair("__register_nmi_handler", First, "unregister_nmi_handler", First),
    Pair("acpi_register_lps0_dev", First, "acpi_unregister_lps0_dev", First),
    Pair("acpi_processor_register_performance", Second, "acpi_processor_unregister_performance", First),
];
