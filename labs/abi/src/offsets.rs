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
        NAME "name" = 24;
        INIT "init" = 312;
        EXIT "exit" = 848;
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
    }

    /// `struct ts_ops`, include/linux/textsearch.h.
    ts_ops "ts_ops" = 0x50 {
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
}
