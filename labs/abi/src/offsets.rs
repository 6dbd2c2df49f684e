//! Where the fields lie of the structures that modules and kernel share, in bytes from the structure's
//! start, on x86-64 Linux 6.1 as Debian configures it.
//!
//! Each line is proved against the BTF in Debian's own vmlinux by `ci/oracles` (`oracles btf`): the names
//! in quotes are those of the structure and of the field as BTF knows them, with a dot before a field of
//! an inner structure. Sizes are in bytes too.

/// One line of the tables below, for whoever wants to check it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// The structure's name in BTF, without `struct`.
    pub structure: &'static str,
    /// The field's path in BTF; empty for the structure itself, whose `value` is its size.
    pub field: &'static str,
    /// The offset of the field, or the size of the structure; bytes.
    pub value: usize,
}

macro_rules! structures {
    ($($(#[$doc:meta])* $module:ident $structure:literal = $size:literal { $($constant:ident $field:literal = $offset:literal;)* })*) => {
        $($(#[$doc])* pub mod $module {
            /// The size of the structure; bytes.
            pub const SIZE: usize = $size;
            $(#[doc = concat!("Where `", $field, "` lies; bytes from the structure's start.")]
            pub const $constant: usize = $offset;)*
        })*

        /// Every offset and size of this file.
        pub const FACTS: &[Fact] = &[
            $(Fact { structure: $structure, field: "", value: $size },
              $(Fact { structure: $structure, field: $field, value: $offset },)*)*
        ];
    };
}

structures! {
    /// `struct module`, include/linux/module.h: what `.gnu.linkonce.this_module` holds.
    module "module" = 896 {
        STATE "state" = 0;
        LIST "list" = 8;
        NAME "name" = 24;
        VERSION "version" = 184;
        SRCVERSION "srcversion" = 192;
        SYMS "syms" = 208;
        CRCS "crcs" = 216;
        NUM_SYMS "num_syms" = 224;
        PARAM_LOCK "param_lock" = 232;
        KP "kp" = 264;
        NUM_KP "num_kp" = 272;
        NUM_GPL_SYMS "num_gpl_syms" = 276;
        GPL_SYMS "gpl_syms" = 280;
        GPL_CRCS "gpl_crcs" = 288;
        NUM_EXENTRIES "num_exentries" = 300;
        EXTABLE "extable" = 304;
        INIT "init" = 312;
        CORE_LAYOUT "core_layout" = 320;
        INIT_LAYOUT "init_layout" = 400;
        TAINTS "taints" = 504;
        PERCPU "percpu" = 608;
        PERCPU_SIZE "percpu_size" = 616;
        NOINSTR_TEXT_START "noinstr_text_start" = 624;
        NOINSTR_TEXT_SIZE "noinstr_text_size" = 632;
        NUM_TRACEPOINTS "num_tracepoints" = 636;
        TRACEPOINTS_PTRS "tracepoints_ptrs" = 640;
        NUM_SRCU_STRUCTS "num_srcu_structs" = 648;
        SRCU_STRUCT_PTRS "srcu_struct_ptrs" = 656;
        NUM_BPF_RAW_EVENTS "num_bpf_raw_events" = 664;
        BPF_RAW_EVENTS "bpf_raw_events" = 672;
        BTF_DATA_SIZE "btf_data_size" = 680;
        BTF_DATA "btf_data" = 688;
        JUMP_ENTRIES "jump_entries" = 696;
        NUM_JUMP_ENTRIES "num_jump_entries" = 704;
        NUM_TRACE_BPRINTK_FMT "num_trace_bprintk_fmt" = 708;
        TRACE_BPRINTK_FMT_START "trace_bprintk_fmt_start" = 712;
        TRACE_EVENTS "trace_events" = 720;
        NUM_TRACE_EVENTS "num_trace_events" = 728;
        TRACE_EVALS "trace_evals" = 736;
        NUM_TRACE_EVALS "num_trace_evals" = 744;
        NUM_FTRACE_CALLSITES "num_ftrace_callsites" = 748;
        FTRACE_CALLSITES "ftrace_callsites" = 752;
        KPROBES_TEXT_START "kprobes_text_start" = 760;
        KPROBES_TEXT_SIZE "kprobes_text_size" = 768;
        KPROBE_BLACKLIST "kprobe_blacklist" = 776;
        NUM_KPROBE_BLACKLIST "num_kprobe_blacklist" = 784;
        NUM_STATIC_CALL_SITES "num_static_call_sites" = 788;
        STATIC_CALL_SITES "static_call_sites" = 792;
        KLP "klp" = 800;
        SOURCE_LIST "source_list" = 816;
        TARGET_LIST "target_list" = 832;
        EXIT "exit" = 848;
        REFCNT "refcnt" = 856;
    }

    /// `struct module_layout`, include/linux/module.h.
    module_layout "module_layout" = 80 {
        BASE "base" = 0;
        END "size" = 8;
        TEXT_SIZE "text_size" = 12;
        RO_SIZE "ro_size" = 16;
        RO_AFTER_INIT_SIZE "ro_after_init_size" = 20;
        MTN "mtn" = 24;
    }

    /// `struct kernel_symbol`, include/linux/export.h, with HAVE_ARCH_PREL32_RELOCATIONS: three i32, each
    /// relative to its own address.
    kernel_symbol "kernel_symbol" = 12 {
        VALUE "value_offset" = 0;
        NAME "name_offset" = 4;
        NAMESPACE "namespace_offset" = 8;
    }

    /// `struct modversion_info`, include/linux/module.h: a record of `__versions`.
    modversion_info "modversion_info" = 64 {
        CRC "crc" = 0;
        NAME "name" = 8;
    }

    /// `struct static_call_site`, include/linux/static_call_types.h: a record of `.static_call_sites`.
    static_call_site "static_call_site" = 8 {
        ADDR "addr" = 0;
        KEY "key" = 4;
    }

    /// `struct jump_entry`, include/linux/jump_label.h: a record of `__jump_table`.
    jump_entry "jump_entry" = 16 {
        CODE "code" = 0;
        TARGET "target" = 4;
        KEY "key" = 8;
    }

    /// `struct bug_entry`, include/asm-generic/bug.h: a record of `__bug_table`.
    bug_entry "bug_entry" = 12 {
        ADDRESS "bug_addr_disp" = 0;
        FILE "file_disp" = 4;
        LINE "line" = 8;
        FLAGS "flags" = 10;
    }

    /// `struct kernel_param`, include/linux/moduleparam.h: a record of `__param`.
    kernel_param "kernel_param" = 40 {
        NAME "name" = 0;
        OWNER "mod" = 8;
        OPS "ops" = 16;
        PERM "perm" = 24;
        LEVEL "level" = 26;
        FLAGS "flags" = 27;
        ARG "arg" = 32;
    }

    /// `struct shash_alg`, include/crypto/hash.h.
    shash_alg "shash_alg" = 0x1e0 {
        INIT "init" = 0;
        UPDATE "update" = 8;
        FINAL "final" = 0x10;
        FINUP "finup" = 0x18;
        DIGEST "digest" = 0x20;
        SETKEY "setkey" = 0x38;
        INIT_TFM "init_tfm" = 0x40;
        DESCSIZE "descsize" = 0x50;
        DIGESTSIZE "digestsize" = 0x58;
        BASE "base" = 0x60;
    }

    /// `struct crypto_alg`, include/linux/crypto.h.
    crypto_alg "crypto_alg" = 0x180 {
        FLAGS "cra_flags" = 0x20;
        BLOCKSIZE "cra_blocksize" = 0x24;
        CTXSIZE "cra_ctxsize" = 0x28;
        NAME "cra_name" = 0x38;
        DRIVER_NAME "cra_driver_name" = 0xb8;
        UNION "cra_u" = 0x140;
        INIT "cra_init" = 0x160;
        MODULE "cra_module" = 0x178;
        REFCNT "cra_refcnt" = 0x34;
        PRIORITY "cra_priority" = 0x30;
        TYPE "cra_type" = 0x138;
    }

    /// `struct ts_ops`, include/linux/textsearch.h.
    ts_ops "ts_ops" = 0x48 {
        NAME "name" = 0;
        INIT "init" = 8;
        FIND "find" = 0x10;
        DESTROY "destroy" = 0x18;
    }

    /// `struct nls_table`, include/linux/nls.h; `wchar_t` has 16 bits.
    nls_table "nls_table" = 0x40 {
        CHARSET "charset" = 0;
        UNI2CHAR "uni2char" = 0x10;
        CHAR2UNI "char2uni" = 0x18;
    }

    /// `struct task_struct`, include/linux/sched.h: what `current` points to.
    task_struct "task_struct" = 0x2640 {
        THREAD_CPU "thread_info.cpu" = 0x14;
        STATE "__state" = 0x18;
        STACK "stack" = 0x20;
        USAGE "usage" = 0x28;
        FLAGS "flags" = 0x2c;
        PRIO "prio" = 0x6c;
        STATIC_PRIO "static_prio" = 0x70;
        NORMAL_PRIO "normal_prio" = 0x74;
        PID "pid" = 0x970;
        TGID "tgid" = 0x974;
        STACK_CANARY "stack_canary" = 0x978;
        REAL_PARENT "real_parent" = 0x980;
        PARENT "parent" = 0x988;
        GROUP_LEADER "group_leader" = 0x9b0;
        REAL_CRED "real_cred" = 0xb88;
        CRED "cred" = 0xb90;
        COMM "comm" = 0xba0;
    }

    /// `struct cpuinfo_x86`, arch/x86/include/asm/processor.h: `boot_cpu_data`.
    cpuinfo_x86 "cpuinfo_x86" = 0x120 {
        FAMILY "x86" = 0;
        VENDOR "x86_vendor" = 1;
        MODEL "x86_model" = 2;
        STEPPING "x86_stepping" = 3;
        CPUID_LEVEL "cpuid_level" = 0x24;
        CAPABILITY "x86_capability" = 0x28;
        VENDOR_ID "x86_vendor_id" = 0x88;
        MODEL_ID "x86_model_id" = 0x98;
        CACHE_ALIGNMENT "x86_cache_alignment" = 0xdc;
        LOOPS_PER_JIFFY "loops_per_jiffy" = 0xf0;
        MAX_CORES "x86_max_cores" = 0x100;
        CLFLUSH_SIZE "x86_clflush_size" = 0x106;
    }

    /// `struct paravirt_patch_template`, arch/x86/include/asm/paravirt_types.h: `pv_ops`.
    paravirt_patch_template "paravirt_patch_template" = 0x2a0 {
        SAVE_FLAGS "irq.save_fl" = 0xf0;
        IRQ_DISABLE "irq.irq_disable" = 0xf8;
        IRQ_ENABLE "irq.irq_enable" = 0x100;
        IO_DELAY "cpu.io_delay" = 0;
        WBINVD "cpu.wbinvd" = 0xa8;
        CPUID "cpu.cpuid" = 0xb0;
        READ_MSR "cpu.read_msr" = 0xb8;
        WRITE_MSR "cpu.write_msr" = 0xc0;
        READ_MSR_SAFE "cpu.read_msr_safe" = 0xc8;
        WRITE_MSR_SAFE "cpu.write_msr_safe" = 0xd0;
        PTE_VAL "mmu.pte_val" = 0x1f0;
        MAKE_PTE "mmu.make_pte" = 0x1f8;
        PGD_VAL "mmu.pgd_val" = 0x200;
        MAKE_PGD "mmu.make_pgd" = 0x208;
        PMD_VAL "mmu.pmd_val" = 0x218;
        MAKE_PMD "mmu.make_pmd" = 0x220;
        PUD_VAL "mmu.pud_val" = 0x228;
        MAKE_PUD "mmu.make_pud" = 0x230;
        P4D_VAL "mmu.p4d_val" = 0x240;
        MAKE_P4D "mmu.make_p4d" = 0x248;
        QUEUED_SPIN_UNLOCK "lock.queued_spin_unlock" = 0x280;
        VCPU_IS_PREEMPTED "lock.vcpu_is_preempted" = 0x298;
    }

    /// `struct page`, include/linux/mm_types.h.
    page "page" = 64 {
        REFCOUNT "_refcount" = 52;
        MAPCOUNT "_mapcount" = 48;
    }

    /// `struct xarray`, include/linux/xarray.h.
    xarray "xarray" = 16 {
        FLAGS "xa_flags" = 4;
        HEAD "xa_head" = 8;
    }

    /// `struct idr`, include/linux/idr.h.
    idr "idr" = 24 {
        BASE "idr_base" = 16;
        NEXT "idr_next" = 20;
    }

    /// `struct mutex`, include/linux/mutex.h.
    mutex "mutex" = 32 {
        OWNER "owner" = 0;
        WAIT_LOCK "wait_lock" = 8;
        WAIT_LIST "wait_list" = 16;
    }

    /// `struct rw_semaphore`, include/linux/rwsem.h.
    rw_semaphore "rw_semaphore" = 40 {
        COUNT "count" = 0;
        OWNER "owner" = 8;
        WAIT_LIST "wait_list" = 24;
    }

    /// `struct semaphore`, include/linux/semaphore.h.
    semaphore "semaphore" = 24 {
        LOCK "lock" = 0;
        COUNT "count" = 4;
        WAIT_LIST "wait_list" = 8;
    }

    /// `struct completion`, include/linux/completion.h.
    completion "completion" = 32 {
        DONE "done" = 0;
        WAIT "wait" = 8;
    }

    /// `struct swait_queue_head`, include/linux/swait.h.
    swait_queue_head "swait_queue_head" = 24 {
        LOCK "lock" = 0;
        TASK_LIST "task_list" = 8;
    }

    /// `struct wait_queue_head`, include/linux/wait.h.
    wait_queue_head "wait_queue_head" = 24 {
        LOCK "lock" = 0;
        HEAD "head" = 8;
    }

    /// `struct wait_queue_entry`, include/linux/wait.h.
    wait_queue_entry "wait_queue_entry" = 40 {
        FLAGS "flags" = 0;
        PRIVATE "private" = 8;
        FUNC "func" = 16;
        ENTRY "entry" = 24;
    }

    /// `struct timer_list`, include/linux/timer.h.
    timer_list "timer_list" = 40 {
        ENTRY "entry" = 0;
        EXPIRES "expires" = 16;
        FUNCTION "function" = 24;
        FLAGS "flags" = 32;
    }

    /// `struct work_struct`, include/linux/workqueue.h.
    work_struct "work_struct" = 32 {
        DATA "data" = 0;
        ENTRY "entry" = 8;
        FUNC "func" = 24;
    }

    /// `struct delayed_work`, include/linux/workqueue.h.
    delayed_work "delayed_work" = 88 {
        WORK "work" = 0;
        TIMER "timer" = 32;
        WQ "wq" = 72;
        CPU "cpu" = 80;
    }

    /// `struct tasklet_struct`, include/linux/interrupt.h.
    tasklet_struct "tasklet_struct" = 40 {
        STATE "state" = 8;
        COUNT "count" = 16;
        USE_CALLBACK "use_callback" = 20;
        FUNC "func" = 24;
        DATA "data" = 32;
    }

    /// `struct callback_head`, include/linux/types.h, `struct rcu_head`.
    callback_head "callback_head" = 16 {
        NEXT "next" = 0;
        FUNC "func" = 8;
    }

    /// `struct file_operations`, include/linux/fs.h.
    file_operations "file_operations" = 280 {
        OWNER "owner" = 0;
        LLSEEK "llseek" = 8;
        READ "read" = 16;
        WRITE "write" = 24;
        READ_ITER "read_iter" = 32;
        WRITE_ITER "write_iter" = 40;
        UNLOCKED_IOCTL "unlocked_ioctl" = 80;
        OPEN "open" = 112;
        FLUSH "flush" = 120;
        RELEASE "release" = 128;
    }

    /// `struct cdev`, include/linux/cdev.h.
    cdev "cdev" = 104 {
        KOBJ "kobj" = 0;
        OWNER "owner" = 64;
        OPS "ops" = 72;
        LIST "list" = 80;
        DEV "dev" = 96;
        COUNT "count" = 100;
    }

    /// `struct miscdevice`, include/linux/miscdevice.h.
    miscdevice "miscdevice" = 80 {
        MINOR "minor" = 0;
        NAME "name" = 8;
        FOPS "fops" = 16;
        LIST "list" = 24;
        PARENT "parent" = 40;
        THIS_DEVICE "this_device" = 48;
        NODENAME "nodename" = 64;
        MODE "mode" = 72;
    }

    /// `struct class`, include/linux/device/class.h.
    class "class" = 120 {
        NAME "name" = 0;
        OWNER "owner" = 8;
        DEVNODE "devnode" = 48;
        CLASS_RELEASE "class_release" = 56;
        DEV_RELEASE "dev_release" = 64;
    }

    /// `struct kobject`, include/linux/kobject.h.
    kobject "kobject" = 64 {
        NAME "name" = 0;
        ENTRY "entry" = 8;
        PARENT "parent" = 24;
        KSET "kset" = 32;
        KTYPE "ktype" = 40;
        KREF "kref" = 56;
    }

    /// `struct kset`, include/linux/kobject.h.
    kset "kset" = 96 {
        LIST "list" = 0;
        KOBJ "kobj" = 24;
        UEVENT_OPS "uevent_ops" = 88;
    }

    /// `struct kernel_param_ops`, include/linux/moduleparam.h.
    kernel_param_ops "kernel_param_ops" = 32 {
        FLAGS "flags" = 0;
        SET "set" = 8;
        GET "get" = 16;
        FREE "free" = 24;
    }

    /// `struct kparam_array`, include/linux/moduleparam.h.
    kparam_array "kparam_array" = 32 {
        MAX "max" = 0;
        ELEMSIZE "elemsize" = 4;
        NUM "num" = 8;
        OPS "ops" = 16;
        ELEM "elem" = 24;
    }

    /// `struct kparam_string`, include/linux/moduleparam.h.
    kparam_string "kparam_string" = 16 {
        MAXLEN "maxlen" = 0;
        STRING "string" = 8;
    }

    /// `struct static_key`, include/linux/jump_label.h.
    static_key "static_key" = 16 {
        ENABLED "enabled" = 0;
        ENTRIES "entries" = 8;
    }

    /// `struct notifier_block`, include/linux/notifier.h.
    notifier_block "notifier_block" = 24 {
        CALL "notifier_call" = 0;
        NEXT "next" = 8;
        PRIORITY "priority" = 16;
    }

    /// `struct blocking_notifier_head`, include/linux/notifier.h.
    blocking_notifier_head "blocking_notifier_head" = 48 {
        RWSEM "rwsem" = 0;
        HEAD "head" = 40;
    }

    /// `struct atomic_notifier_head`, include/linux/notifier.h.
    atomic_notifier_head "atomic_notifier_head" = 16 {
        LOCK "lock" = 0;
        HEAD "head" = 8;
    }

    /// `struct ts_config`, include/linux/textsearch.h.
    ts_config "ts_config" = 32 {
        OPS "ops" = 0;
        FLAGS "flags" = 8;
        GET_NEXT_BLOCK "get_next_block" = 16;
        FINISH "finish" = 24;
    }

    /// `struct gendisk`, include/linux/blkdev.h.
    gendisk "gendisk" = 672 {
        MAJOR "major" = 0;
        FIRST_MINOR "first_minor" = 4;
        MINORS "minors" = 8;
        DISK_NAME "disk_name" = 12;
        PART_TBL "part_tbl" = 48;
        PART0 "part0" = 64;
        FOPS "fops" = 72;
        QUEUE "queue" = 80;
        PRIVATE_DATA "private_data" = 88;
        FLAGS "flags" = 488;
        STATE "state" = 496;
        OPEN_MUTEX "open_mutex" = 504;
        OPEN_PARTITIONS "open_partitions" = 536;
        NODE_ID "node_id" = 640;
        DISKSEQ "diskseq" = 656;
    }

    /// `struct block_device`, include/linux/blk_types.h.
    block_device "block_device" = 928 {
        START_SECT "bd_start_sect" = 0;
        NR_SECTORS "bd_nr_sectors" = 8;
        READ_ONLY "bd_read_only" = 32;
        DEV "bd_dev" = 36;
        OPENERS "bd_openers" = 40;
        PARTNO "bd_partno" = 848;
        DISK "bd_disk" = 856;
        QUEUE "bd_queue" = 864;
    }

    /// `struct block_device_operations`, include/linux/blkdev.h.
    block_device_operations "block_device_operations" = 152 {
        SUBMIT_BIO "submit_bio" = 0;
        OPEN "open" = 16;
        RELEASE "release" = 24;
        IOCTL "ioctl" = 40;
        GETGEO "getgeo" = 72;
        FREE_DISK "free_disk" = 88;
        OWNER "owner" = 128;
    }

    /// `struct bio`, include/linux/blk_types.h.
    bio "bio" = 128 {
        BDEV "bi_bdev" = 8;
        OPF "bi_opf" = 16;
        FLAGS "bi_flags" = 20;
        STATUS "bi_status" = 24;
        ITER "bi_iter" = 32;
        END_IO "bi_end_io" = 56;
        PRIVATE "bi_private" = 64;
        VCNT "bi_vcnt" = 104;
        MAX_VECS "bi_max_vecs" = 106;
        CNT "__bi_cnt" = 108;
        IO_VEC "bi_io_vec" = 112;
        INLINE_VECS "bi_inline_vecs" = 128;
    }

    /// `struct bvec_iter`, include/linux/bvec.h.
    bvec_iter "bvec_iter" = 20 {
        SECTOR "bi_sector" = 0;
        SIZE_LEFT "bi_size" = 8;
        INDEX "bi_idx" = 12;
        BVEC_DONE "bi_bvec_done" = 16;
    }

    /// `struct bio_vec`, include/linux/bvec.h.
    bio_vec "bio_vec" = 16 {
        PAGE "bv_page" = 0;
        LEN "bv_len" = 8;
        OFFSET "bv_offset" = 12;
    }

    /// `struct crypto_tfm`, include/linux/crypto.h.
    crypto_tfm "crypto_tfm" = 32 {
        REFCNT "refcnt" = 0;
        FLAGS "crt_flags" = 4;
        NODE "node" = 8;
        EXIT "exit" = 16;
        ALG "__crt_alg" = 24;
        CTX "__crt_ctx" = 32;
    }

    /// `struct crypto_shash`, include/crypto/hash.h.
    crypto_shash "crypto_shash" = 40 {
        DESCSIZE "descsize" = 0;
        BASE "base" = 8;
    }

    /// `struct shash_desc`, include/crypto/hash.h.
    shash_desc "shash_desc" = 8 {
        TFM "tfm" = 0;
        CTX "__ctx" = 8;
    }

    /// `struct cipher_alg`, include/linux/crypto.h.
    cipher_alg "cipher_alg" = 32 {
        MIN_KEYSIZE "cia_min_keysize" = 0;
        MAX_KEYSIZE "cia_max_keysize" = 4;
        SETKEY "cia_setkey" = 8;
        ENCRYPT "cia_encrypt" = 16;
        DECRYPT "cia_decrypt" = 24;
    }

    /// `struct skcipher_alg`, include/crypto/skcipher.h.
    skcipher_alg "skcipher_alg" = 448 {
        SETKEY "setkey" = 0;
        ENCRYPT "encrypt" = 8;
        DECRYPT "decrypt" = 16;
        INIT "init" = 24;
        EXIT "exit" = 32;
        MIN_KEYSIZE "min_keysize" = 40;
        MAX_KEYSIZE "max_keysize" = 44;
        IVSIZE "ivsize" = 48;
        CHUNKSIZE "chunksize" = 52;
        WALKSIZE "walksize" = 56;
        BASE "base" = 64;
    }

    /// `struct skcipher_request`, include/crypto/skcipher.h.
    skcipher_request "skcipher_request" = 80 {
        CRYPTLEN "cryptlen" = 0;
        IV "iv" = 8;
        SRC "src" = 16;
        DST "dst" = 24;
        BASE "base" = 32;
        CTX "__ctx" = 80;
    }

    /// `struct crypto_async_request`, include/linux/crypto.h.
    crypto_async_request "crypto_async_request" = 48 {
        COMPLETE "complete" = 16;
        DATA "data" = 24;
        TFM "tfm" = 32;
        FLAGS "flags" = 40;
    }

    /// `struct crypto_skcipher`, include/crypto/skcipher.h.
    crypto_skcipher "crypto_skcipher" = 40 {
        REQSIZE "reqsize" = 0;
        BASE "base" = 8;
    }

    /// `struct scatterlist`, include/linux/scatterlist.h.
    scatterlist "scatterlist" = 32 {
        PAGE_LINK "page_link" = 0;
        OFFSET "offset" = 8;
        LENGTH "length" = 12;
        DMA_ADDRESS "dma_address" = 16;
        DMA_LENGTH "dma_length" = 24;
    }

    /// `struct aead_alg`, include/crypto/aead.h.
    aead_alg "aead_alg" = 448 {
        SETKEY "setkey" = 0;
        ENCRYPT "encrypt" = 16;
        DECRYPT "decrypt" = 24;
        INIT "init" = 32;
        IVSIZE "ivsize" = 48;
        MAXAUTHSIZE "maxauthsize" = 52;
        BASE "base" = 64;
    }

    /// `struct rng_alg`, include/crypto/rng.h.
    rng_alg "rng_alg" = 416 {
        GENERATE "generate" = 0;
        SEED "seed" = 8;
        SEEDSIZE "seedsize" = 24;
        BASE "base" = 32;
    }

    /// `struct scomp_alg`, include/crypto/internal/scompress.h.
    scomp_alg "scomp_alg" = 416 {
        ALLOC_CTX "alloc_ctx" = 0;
        FREE_CTX "free_ctx" = 8;
        COMPRESS "compress" = 16;
        DECOMPRESS "decompress" = 24;
        BASE "base" = 32;
    }

    /// `struct ahash_alg`, include/crypto/hash.h.
    ahash_alg "ahash_alg" = 472 {
        INIT "init" = 0;
        BASE "halg.base" = 88;
    }

    /// `struct crypto_template`, include/crypto/algapi.h.
    crypto_template "crypto_template" = 168 {
        MODULE "module" = 24;
        CREATE "create" = 32;
        NAME "name" = 40;
    }

    /// `struct akcipher_alg`, include/crypto/akcipher.h.
    akcipher_alg "akcipher_alg" = 464 {
        INIT "init" = 56;
        BASE "base" = 80;
    }

    /// `struct kpp_alg`, include/crypto/kpp.h.
    kpp_alg "kpp_alg" = 440 {
        INIT "init" = 32;
        BASE "base" = 56;
    }

    /// `struct crypto_aead`, include/crypto/aead.h.
    crypto_aead "crypto_aead" = 40 {
        AUTHSIZE "authsize" = 0;
        BASE "base" = 8;
    }

    /// `struct crypto_ahash`, include/crypto/hash.h.
    crypto_ahash "crypto_ahash" = 104 {
        REQSIZE "reqsize" = 64;
        BASE "base" = 72;
    }

    /// `struct aead_request`, include/crypto/aead.h.
    aead_request "aead_request" = 80 {
        ASSOCLEN "assoclen" = 48;
        CRYPTLEN "cryptlen" = 52;
        IV "iv" = 56;
        SRC "src" = 64;
        DST "dst" = 72;
    }

    /// `struct ahash_request`, include/crypto/hash.h.
    ahash_request "ahash_request" = 80 {
        NBYTES "nbytes" = 48;
        SRC "src" = 56;
        RESULT "result" = 64;
    }

    /// `struct crypto_instance`, include/crypto/algapi.h.
    crypto_instance "crypto_instance" = 440 {
        TMPL "tmpl" = 384;
    }

    /// `struct crypto_spawn`, include/crypto/algapi.h.
    crypto_spawn "crypto_spawn" = 48 {
        ALG "alg" = 16;
        FRONTEND "frontend" = 32;
        DEAD "dead" = 44;
    }

    /// `struct crypto_type`, crypto/internal.h.
    crypto_type "crypto_type" = 72 {
        TYPE "type" = 56;
        TFMSIZE "tfmsize" = 68;
    }

    /// `struct skcipher_walk`, include/crypto/internal/skcipher.h.
    skcipher_walk "skcipher_walk" = 152 {
        IN "in" = 32;
        NBYTES "nbytes" = 48;
        OUT "out" = 56;
        TOTAL "total" = 72;
        PAGE "page" = 96;
        IV "iv" = 120;
        ALIGNMASK "alignmask" = 144;
    }

    /// `struct sg_mapping_iter`, include/linux/scatterlist.h.
    sg_mapping_iter "sg_mapping_iter" = 72 {
        ADDR "addr" = 8;
        LENGTH "length" = 16;
        CONSUMED "consumed" = 24;
        PITER "piter" = 32;
        FLAGS "__flags" = 64;
    }

    /// `struct sg_table`, include/linux/scatterlist.h.
    sg_table "sg_table" = 16 {
        NENTS "nents" = 8;
        ORIG_NENTS "orig_nents" = 12;
    }

    /// `struct crypto_queue`, include/crypto/algapi.h.
    crypto_queue "crypto_queue" = 32 {
        BACKLOG "backlog" = 16;
        QLEN "qlen" = 24;
    }

    /// `struct padata_instance`, include/linux/padata.h.
    padata_instance "padata_instance" = 176 {
        KOBJ "kobj" = 72;
    }

    /// `struct padata_shell`, include/linux/padata.h.
    padata_shell "padata_shell" = 40 {
        PINST "pinst" = 0;
    }

    /// `struct padata_priv`, include/linux/padata.h.
    padata_priv "padata_priv" = 56 {
        CB_CPU "cb_cpu" = 24;
        PARALLEL "parallel" = 40;
        SERIAL "serial" = 48;
    }

    /// `struct kpp_request`, include/crypto/kpp.h.
    kpp_request "kpp_request" = 72 {
        SRC "src" = 48;
        DST "dst" = 56;
        SRC_LEN "src_len" = 64;
    }

    /// `struct dentry`, include/linux/dcache.h: what `%pd` names.
    dentry "dentry" = 192 {
        PARENT "d_parent" = 0x18;
        NAME "d_name.name" = 0x28;
    }

    /// `struct file`, include/linux/fs.h, as far as `%pD` reads it.
    file "file" = 232 {
        DENTRY "f_path.dentry" = 0x18;
        INODE "f_inode" = 32;
        OP "f_op" = 40;
        FLAGS "f_flags" = 64;
        MODE "f_mode" = 68;
        POS "f_pos" = 104;
        PRIVATE_DATA "private_data" = 200;
    }

    /// `struct resource`, include/linux/ioport.h: what `%pR` describes.
    resource "resource" = 64 {
        START "start" = 0;
        END "end" = 8;
        FLAGS "flags" = 0x18;
        NAME "name" = 0x10;
    }

    /// `struct va_format`, include/linux/printk.h: a format within a format, `%pV`.
    va_format "va_format" = 16 {
        FORMAT "fmt" = 0;
        ARGUMENTS "va" = 8;
    }

    /// `struct device`, include/linux/device.h.
    device "device" = 752 {
        KOBJ "kobj" = 0;
        PARENT "parent" = 64;
        INIT_NAME "init_name" = 80;
        TYPE "type" = 88;
        BUS "bus" = 96;
        DRIVER "driver" = 104;
        PLATFORM_DATA "platform_data" = 112;
        DRIVER_DATA "driver_data" = 120;
        DEVT "devt" = 660;
        CLASS "class" = 688;
        GROUPS "groups" = 696;
        RELEASE "release" = 704;
    }

    /// `struct device_type`, include/linux/device.h.
    device_type "device_type" = 48 {
        NAME "name" = 0;
        RELEASE "release" = 32;
    }

    /// `struct kobj_type`, include/linux/kobject.h.
    kobj_type "kobj_type" = 48 {
        RELEASE "release" = 0;
        SYSFS_OPS "sysfs_ops" = 8;
    }

    /// `struct inode`, include/linux/fs.h.
    inode "inode" = 632 {
        MODE "i_mode" = 0;
        RDEV "i_rdev" = 76;
        SIZE_BYTES "i_size" = 80;
        CDEV "i_cdev" = 584;
        PRIVATE "i_private" = 624;
    }

    /// `struct device_driver`, include/linux/device/driver.h.
    device_driver "device_driver" = 144 {
        NAME "name" = 0;
        BUS "bus" = 8;
        OWNER "owner" = 16;
    }

    /// `struct seq_file`, include/linux/seq_file.h.
    seq_file "seq_file" = 120 {
        BUF "buf" = 0;
        ROOM "size" = 8;
        FROM "from" = 16;
        COUNT "count" = 24;
        INDEX "index" = 40;
        OP "op" = 88;
        FILE "file" = 104;
        PRIVATE "private" = 112;
    }

    /// `struct seq_operations`, include/linux/seq_file.h.
    seq_operations "seq_operations" = 32 {
        START "start" = 0;
        STOP "stop" = 8;
        NEXT "next" = 16;
        SHOW "show" = 24;
    }

    /// `struct proc_ops`, include/linux/proc_fs.h.
    proc_ops "proc_ops" = 96 {
        OPEN "proc_open" = 8;
        READ "proc_read" = 16;
        WRITE "proc_write" = 32;
        RELEASE "proc_release" = 48;
    }

    /// `struct kobj_attribute`, include/linux/kobject.h.
    kobj_attribute "kobj_attribute" = 32 {
        SHOW "show" = 16;
        STORE "store" = 24;
    }

    /// `struct request_queue`, include/linux/blkdev.h.
    request_queue "request_queue" = 968 {
        LIMITS "limits" = 448;
        QUEUE_FLAGS "queue_flags" = 136;
        QUEUEDATA "queuedata" = 128;
    }

    /// `struct queue_limits`, include/linux/blkdev.h.
    queue_limits "queue_limits" = 120 {
        LOGICAL_BLOCK_SIZE "logical_block_size" = 48;
        PHYSICAL_BLOCK_SIZE "physical_block_size" = 44;
        MAX_HW_SECTORS "max_hw_sectors" = 24;
        MAX_SECTORS "max_sectors" = 36;
        MAX_SEGMENTS "max_segments" = 96;
        IO_MIN "io_min" = 56;
    }

    /// `struct mempool_s`, include/linux/mempool.h.
    mempool_s "mempool_s" = 72 {
        MIN_NR "min_nr" = 4;
        POOL_DATA "pool_data" = 24;
        ALLOC "alloc" = 32;
        FREE "free" = 40;
    }

    /// `struct percpu_counter`, include/linux/percpu_counter.h.
    percpu_counter "percpu_counter" = 40 {
        COUNT "count" = 8;
        COUNTERS "counters" = 32;
    }

    /// `struct ratelimit_state`, include/linux/ratelimit_types.h.
    ratelimit_state "ratelimit_state" = 40 {
        INTERVAL "interval" = 4;
        BURST "burst" = 8;
        PRINTED "printed" = 12;
        MISSED "missed" = 16;
        BEGIN "begin" = 24;
    }

    /// `struct hrtimer`, include/linux/hrtimer.h.
    hrtimer "hrtimer" = 64 {
        EXPIRES "node.expires" = 24;
        SOFT_EXPIRES "_softexpires" = 32;
        FUNCTION "function" = 40;
        STATE "state" = 56;
        BASE "base" = 48;
    }

    /// `struct proc_dir_entry`, fs/proc/internal.h.
    proc_dir_entry "proc_dir_entry" = 176 {
        DATA "data" = 80;
    }

    /// `struct hrtimer_clock_base`, include/linux/hrtimer.h.
    hrtimer_clock_base "hrtimer_clock_base" = 64 {
        GET_TIME "get_time" = 48;
    }

    /// `struct kthread_worker`, include/linux/kthread.h.
    kthread_worker "kthread_worker" = 56 {
        WORK_LIST "work_list" = 8;
        DELAYED_WORK_LIST "delayed_work_list" = 24;
        TASK "task" = 40;
    }

    /// `struct kthread_work`, include/linux/kthread.h.
    kthread_work "kthread_work" = 40 {
        NODE "node" = 0;
        FUNC "func" = 16;
        WORKER "worker" = 24;
    }

    /// `struct platform_device`, include/linux/platform_device.h.
    platform_device "platform_device" = 832 {
        NAME "name" = 0;
        ID "id" = 8;
        ID_AUTO "id_auto" = 12;
        DEV "dev" = 16;
        NUM_RESOURCES "num_resources" = 792;
        RESOURCE "resource" = 800;
    }

    /// `struct platform_device_info`, include/linux/platform_device.h.
    platform_device_info "platform_device_info" = 88 {
        PARENT "parent" = 0;
        NAME "name" = 24;
        ID "id" = 32;
        RES "res" = 40;
        NUM_RES "num_res" = 48;
        DATA "data" = 56;
        SIZE_DATA "size_data" = 64;
    }

    /// `struct led_trigger`, include/linux/leds.h.
    led_trigger "led_trigger" = 88 {
        NAME "name" = 0;
    }
}
