//! What can be typed at the simulated kernel's shell. clap reads the words, and its own help lists them.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A command with its arguments.
#[derive(Debug, Parser)]
#[command(
    name = "",
    no_binary_name = true,
    disable_help_flag = false,
    help_template = "{subcommands}\n\nEach has its own: help COMMAND. Output goes to a device or file with > PATH;\na command that ends with & goes on in the background."
)]
pub struct CommandLine {
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the shell.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = false)]
pub enum Command {
    /// Insert a module: insmod FILE [NAME=VALUE…]
    Insmod {
        /// The file: .ko, .ko.gz, .ko.xz or .ko.zst
        file: PathBuf,
        /// Its parameters
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        parameters: Vec<String>,
    },
    /// Remove modules
    Rmmod {
        /// Although somebody holds it, or although it has no exit; taints the kernel
        #[arg(short, long)]
        force: bool,
        /// Where somebody holds it, let nobody in any more and remove it when all are out
        #[arg(short, long)]
        wait: bool,
        /// Names of modules
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Insert or remove a module with all that it needs
    ///
    /// By name or alias. -r removes it, and what it needed and nobody else does.
    Modprobe {
        /// Remove instead
        #[arg(short, long)]
        remove: bool,
        /// A module's name or alias
        name: String,
        /// Its parameters
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        parameters: Vec<String>,
    },
    /// List the loaded modules
    Lsmod,
    /// Say what a module file says of itself
    Modinfo {
        /// Print this field only
        #[arg(short = 'F', long)]
        field: Option<String>,
        /// Files, or names of modules at hand
        #[arg(required = true)]
        modules: Vec<String>,
    },
    /// Print the kernel's log
    Dmesg {
        /// Clear it instead
        #[arg(short = 'C', long)]
        clear: bool,
        /// Leave the times out
        #[arg(short = 't', long)]
        notime: bool,
    },
    /// Call a function in the kernel
    ///
    /// Arguments: integers (42, -1, 0xff), texts (a word, or text:42), bytes (hex:00ff), zeroed bytes that are
    /// shown after the call (buf:64), a buffer made before ($NAME), a symbol's address (@SYMBOL).
    Call {
        /// Its symbol
        symbol: String,
        /// Up to six arguments
        #[arg(allow_hyphen_values = true, num_args = 0..=6)]
        arguments: Vec<String>,
        /// The result has 32 bits and a sign
        #[arg(short, long)]
        int: bool,
    },
    /// Make a buffer to be used as $NAME in calls
    ///
    /// buffer NAME 256 makes so many zeroes; buffer NAME hex:00ff these bytes; buffer NAME TEXT a text.
    Buffer {
        /// Its name
        name: String,
        /// Its size, or what is in it
        content: String,
    },
    /// Show a buffer's bytes
    Xxd {
        /// Its name
        name: String,
        /// How many bytes at most
        length: Option<usize>,
    },
    /// The digest of a text by one of the kernel's hashes
    ///
    /// The algorithms, by name or driver, are those that /proc/crypto lists.
    Digest {
        /// The algorithm's name
        algorithm: String,
        /// The text, or hex:00ff
        text: String,
        /// A key, for algorithms that take one
        #[arg(short, long)]
        key: Option<String>,
    },
    /// One block through one of the kernel's ciphers
    ///
    /// Key and block are given, and the result is shown, in hexadecimal.
    Cipher {
        /// The algorithm's name
        algorithm: String,
        /// The key, in hexadecimal
        key: String,
        /// The block, in hexadecimal
        block: String,
        /// Decrypt instead
        #[arg(short, long)]
        decrypt: bool,
    },
    /// Find a pattern by one of the kernel's algorithms
    Search {
        /// kmp, bm or fsm
        algorithm: String,
        /// What to look for
        pattern: String,
        /// Where to look
        text: String,
    },
    /// A character, from or to one of the kernel's character sets
    ///
    /// nls CHARSET U+00E4 gives the bytes; nls CHARSET 0xe4 the character.
    Nls {
        /// The character set, such as iso8859-1 or cp437
        charset: String,
        /// A code point U+…, or bytes 0x…
        character: String,
    },
    /// Print a file
    ///
    /// A device, /proc/…, /sys/module/NAME/parameters/…, or one of your own.
    Cat {
        /// The file
        path: String,
    },
    /// Print words; with > PATH, write them there
    Echo {
        /// No newline at the end
        #[arg(short = 'n')]
        no_newline: bool,
        /// The words
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// List a directory: /dev, /proc, /sys/module/…
    Ls {
        /// The directory
        #[arg(default_value = "/")]
        path: String,
    },
    /// Open a device and keep it open; prints the descriptor
    Open {
        /// The device
        path: String,
    },
    /// Read from an open device
    Read {
        /// The descriptor
        descriptor: u32,
        /// How many bytes at most
        #[arg(default_value_t = 4096)]
        length: usize,
    },
    /// Write words to an open device
    Write {
        /// The descriptor
        descriptor: u32,
        /// The words
        words: Vec<String>,
    },
    /// Send a command to an open device
    ///
    /// The request's number, and its argument: an integer, or memory (text, hex:00ff, buf:4), which is shown
    /// after the call.
    Ioctl {
        /// The descriptor
        descriptor: u32,
        /// The request's number
        request: String,
        /// Its argument
        #[arg(allow_hyphen_values = true, default_value = "0")]
        argument: String,
    },
    /// Close a device
    Close {
        /// The descriptor
        descriptor: u32,
    },
    /// Do nothing for a while
    Sleep {
        /// How long, in seconds
        seconds: f64,
    },
    /// Wait for all commands that were ended with & and show what they printed
    Wait,
    /// Leave
    Exit,
}
