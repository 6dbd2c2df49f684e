//! The version of a symbol, token by token: declarations with the signatures and checksums that the reference makes of
//! them. Those of the kernel's own symbols must come out as the kernel has them.

use std::{fs, path::Path};

use abi::Symvers;
use anyhow::{Context, Result, ensure};
use modversions::genksyms::{CRC_START, crc32, genksyms};
use serde_json::json;

use crate::{
    Files,
    html::{code, escape, figure, table},
};

/// A declaration that a signature is made of.
struct Declared {
    symbol: &'static str,
    /// Where it stands.
    from: &'static str,
    text: &'static str,
    /// Whether the kernel exports it, and so has its version.
    is_kernels: bool,
}

const DECLARED: [Declared; 5] = [
    Declared {
        symbol: "kfree",
        from: "include/linux/slab.h, Linux 6.1",
        text: "void kfree(const void *objp);",
        is_kernels: true,
    },
    Declared {
        symbol: "_printk",
        from: "include/linux/printk.h, Linux 6.1",
        text: "__attribute__((__format__(printf, 1, 2))) __attribute__((__cold__))\nint _printk(const char *fmt, ...);",
        is_kernels: true,
    },
    Declared {
        symbol: "read",
        from: "this chapter",
        text: "struct page { int flags; };\nstruct file { struct page *page; };\nint read(struct file *file) { return 0; }",
        is_kernels: false,
    },
    Declared {
        symbol: "strlen",
        from: "include/linux/string.h and the types behind size_t, Linux 6.1",
        text: "typedef unsigned long __kernel_ulong_t;\ntypedef __kernel_ulong_t __kernel_size_t;\ntypedef __kernel_size_t size_t;\n\
               size_t strlen(const char *s);",
        is_kernels: true,
    },
    Declared {
        symbol: "simple_read_from_buffer",
        from: "include/linux/fs.h and its types, Linux 6.1",
        text: "typedef unsigned long __kernel_ulong_t;\ntypedef long __kernel_long_t;\ntypedef __kernel_ulong_t __kernel_size_t;\n\
               typedef __kernel_long_t __kernel_ssize_t;\ntypedef __kernel_size_t size_t;\ntypedef __kernel_ssize_t ssize_t;\n\
               typedef long long __kernel_loff_t;\ntypedef __kernel_loff_t loff_t;\n\
               ssize_t simple_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from, size_t available);",
        is_kernels: true,
    },
];

/// The signature and the version of `symbol`.
///
/// # Errors
/// `text` does not declare it.
pub fn signature(symbol: &str, text: &str) -> Result<(String, u32)> {
    let text = format!("{text}\n__GENKSYMS_EXPORT_SYMBOL({symbol});\n");
    let mut found = None;
    // Where a structure is known by name only, that is said too: its signature says so as well.
    genksyms(text.as_bytes(), |export| found = Some((export.signature.to_string(), export.crc)));
    found.with_context(|| format!("{symbol} is not exported"))
}

/// The data, and what stands in the page without JavaScript.
pub fn files(symvers: &Path, files: &mut Files) -> Result<()> {
    let symvers =
        fs::read_to_string(symvers).with_context(|| format!("cannot read {}", symvers.display()))?;
    let symvers = Symvers::parse(&symvers)?;
    let (mut lines, mut still) = (Vec::new(), String::new());
    for Declared { symbol, from, text, is_kernels } in DECLARED {
        let (signature, crc) = signature(symbol, text)?;
        if is_kernels {
            let kernels = symvers.get(symbol).map(|entry| entry.crc);
            ensure!(kernels == Some(crc), "{symbol}: {crc:#010x}, and the kernel has {kernels:x?}");
        }
        if still.is_empty() {
            still = steps(symbol, &signature, crc);
        }
        let line = json!({
            "symbol": symbol, "from": from, "text": text, "signature": signature, "crc": crc, "isKernels": is_kernels,
        });
        lines.push(line.to_string());
    }
    let data =
        format!("/** @type {{VersionExample[]}} */\nconst versionExamples = [\n{},\n];\n", lines.join(",\n"));
    files.insert("book/widgets/data/version.js".into(), data);
    let caption = "The version of a symbol, token by token.";
    files.insert(
        "book/widgets/data/version.html".into(),
        figure("version", caption, &still, &["data/version.js"]),
    );
    Ok(())
}

/// The checksum after each token, as a table.
fn steps(symbol: &str, signature: &str, crc: u32) -> String {
    let mut register = CRC_START;
    let mut rows = vec![vec!["nothing yet".into(), String::new(), code(format!("{register:#010x}"))]];
    for token in signature.split_inclusive(' ') {
        register = crc32(register, token.as_bytes());
        let bytes: Vec<String> = token.bytes().map(|byte| format!("{byte:02x}")).collect();
        rows.push(vec![
            code(escape(token.trim_end())),
            code(bytes.join(" ")),
            code(format!("{register:#010x}")),
        ]);
    }
    format!(
        "<p>The signature of {}, token by token; 20 is the blank after each. The last line with all its bits \
         inverted, {}, is the version, and Debian&#39;s Module.symvers has the same number.</p>\n{}",
        code(symbol),
        code(format!("{crc:#010x}")),
        table(&["token", "its bytes", "the checksum then"], &rows)
    )
}
