//! What belongs to a folder of modules and lies elsewhere: Module.symvers with the headers, vmlinuz in boot.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

/// The Module.symvers for the modules of `release` in `folder`: in `given` where that is said, else beside the
/// modules, where distributions put headers, or in a package unpacked beside theirs.
///
/// # Errors
/// `given` holds none.
pub fn symvers(folder: &Path, release: &str, given: Option<&Path>) -> Result<Option<PathBuf>> {
    if let Some(given) = given {
        let file = first([given.join("Module.symvers"), headers_in(given, release), given.to_path_buf()]);
        ensure!(file.is_some(), "there is no Module.symvers in {}", given.display());
        return Ok(file);
    }
    let beside = [folder.join("build/Module.symvers"), folder.join("Module.symvers")];
    let unpacked = folder
        .ancestors()
        .flat_map(|above| [headers_in(above, release), headers_in(&above.join("headers"), release)]);
    Ok(first(beside.into_iter().chain(unpacked)))
}

/// The kernel of `release`, in the `boot` of the tree that `folder` lies in.
pub fn vmlinuz(folder: &Path, release: &str) -> Option<PathBuf> {
    first(folder.ancestors().map(|above| above.join("boot").join(format!("vmlinuz-{release}"))))
}

/// Where Debian's headers package keeps Module.symvers, below `root`.
fn headers_in(root: &Path, release: &str) -> PathBuf {
    root.join(format!("usr/src/linux-headers-{release}/Module.symvers"))
}

fn first(files: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    files.into_iter().find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const RELEASE: &str = "6.1.0-56-amd64";

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let tree = tempfile::tempdir().unwrap();
        for file in files {
            let path = tree.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        tree
    }

    #[test]
    fn symvers_is_found_beside_the_modules_or_in_a_headers_package_unpacked_beside_theirs() {
        let headers = format!("headers/usr/src/linux-headers-{RELEASE}/Module.symvers");
        for file in [format!("image/lib/modules/{RELEASE}/build/Module.symvers"), headers] {
            let tree = tree(&[&file, &format!("image/lib/modules/{RELEASE}/crc8.ko")]);
            let folder = tree.path().join(format!("image/lib/modules/{RELEASE}"));
            assert_eq!(symvers(&folder, RELEASE, None).unwrap(), Some(tree.path().join(file)));
        }
    }

    #[test]
    fn headers_that_are_named_must_hold_it() {
        let tree = tree(&["h/Module.symvers", "empty/x"]);
        let given = tree.path().join("h");
        assert_eq!(symvers(tree.path(), RELEASE, Some(&given)).unwrap(), Some(given.join("Module.symvers")));
        assert_eq!(
            symvers(tree.path(), RELEASE, Some(&given.join("Module.symvers"))).unwrap(),
            Some(given.join("Module.symvers"))
        );
        let message =
            symvers(tree.path(), RELEASE, Some(&tree.path().join("empty"))).unwrap_err().to_string();
        assert!(message.contains("there is no Module.symvers in"), "{message}");
    }

    #[test]
    fn the_kernel_is_found_in_the_same_tree() {
        let tree = tree(&[&format!("image/boot/vmlinuz-{RELEASE}")]);
        let folder = tree.path().join(format!("image/lib/modules/{RELEASE}"));
        assert!(vmlinuz(&folder, RELEASE).is_some());
        assert_eq!(vmlinuz(&folder, "6.1.0-57-amd64"), None);
    }
}
