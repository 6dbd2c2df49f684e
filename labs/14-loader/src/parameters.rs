//! A module's parameters in its memory: set by insmod, read through /sys/module/NAME/parameters. What a value
//! means is the business of the parameter's own operations, which are machine code: the module's or the
//! kernel's. `kernel/params.c`, parse_one, param_attr_show; include/linux/moduleparam.h.

use std::sync::Arc;

use abi::{
    Errno, LoadError,
    offsets::{kernel_param, kernel_param_ops},
};
use bstr::BStr;
use machine::{Level, call_module};
use params::{Target, param_attr_show, param_attr_store, set_module_parameters};
use vermagic::Taint;

use crate::{formed::Parameter, kernel::Kernel, loaded::LoadedModule};

/// The most that `get` may write; bytes.
const PAGE_SIZE: usize = 4096;

/// `KERNEL_PARAM_FL_UNSAFE`, in a parameter's own flags: setting it taints the kernel.
const UNSAFE: u64 = 1;

/// `KERNEL_PARAM_OPS_FL_NOARG`: the name alone will do.
const NOARG: u32 = 1;

impl Kernel {
    /// Sets the parameters that `arguments` names. In a task.
    ///
    /// # Errors
    /// The errno of the last refusal; all of them have been printed.
    pub(crate) fn parse_args(&self, loaded: &LoadedModule, arguments: &str) -> Result<(), LoadError> {
        let mut module = self.operations_of(loaded);
        let table = module.table();
        set_module_parameters(loaded.name.as_ref(), arguments.into(), &table, &mut module)
            .map_err(|errno| LoadError::new(errno, module.refusals.join("\n")))
    }

    /// The value of a parameter as /sys/module/NAME/parameters/PARAMETER shows it, final newline included.
    ///
    /// # Errors
    /// `ENOENT` where there is no such parameter, or none that is shown; `EACCES` where it may not be read;
    /// `EINTR` where the operation died of an oops; else what the operation returned.
    pub fn parameter(&self, loaded: &Arc<LoadedModule>, name: &BStr) -> Result<Vec<u8>, Errno> {
        let show = || {
            let mut module = self.operations_of(loaded);
            param_attr_show(name, &module.table(), &mut module)
        };
        self.in_task("cat", show).map_err(|_| Errno::EINTR)?
    }

    /// Writes `text` to /sys/module/NAME/parameters/PARAMETER.
    ///
    /// # Errors
    /// As [`Kernel::parameter`], `EACCES` where it may not be written.
    pub fn set_parameter(&self, loaded: &Arc<LoadedModule>, name: &BStr, text: &[u8]) -> Result<(), Errno> {
        let store = || {
            let mut module = self.operations_of(loaded);
            // The kernel's buffer holds a C string.
            let mut text = text.split(|&byte| byte == 0).next().unwrap_or_default().to_vec();
            param_attr_store(name, &mut text, &module.table(), &mut module)
        };
        self.in_task("sh", store).map_err(|_| Errno::EINTR)?
    }

    /// The parameters of a module, which are set and shown by machine code.
    fn operations_of<'k>(&'k self, loaded: &'k LoadedModule) -> Operations<'k> {
        let parameters = loaded.formed().map(|formed| &*formed.parameters).unwrap_or_default();
        Operations { kernel: self, parameters, refusals: Vec::new() }
    }

    /// Frees what the parameters' operations have allocated (`destroy_params`).
    pub(crate) fn destroy_params(&self, loaded: &LoadedModule) {
        let parameters = loaded.formed().map(|formed| &*formed.parameters).unwrap_or_default();
        for parameter in parameters {
            let free = self.word(parameter.ops, kernel_param_ops::FREE).filter(|&free| free != 0);
            let argument = self.word(parameter.record, kernel_param::ARG);
            let (Some(free), Some(argument)) = (free, argument) else { continue };
            // SAFETY: `free` is what the parameter's operations name, called with the parameter's variable.
            let freed = self.in_task("rmmod", || unsafe { call_module(free, &[argument, 0, 0, 0, 0, 0]) });
            // An oops in it has been logged; what it would have freed is leaked, and counted as that.
            drop(freed);
        }
    }

    /// The names of the parameters that /sys/module/NAME/parameters lists.
    pub fn parameter_names(&self, loaded: &LoadedModule) -> Vec<String> {
        let parameters = loaded.formed().map(|formed| &*formed.parameters).unwrap_or_default();
        let shown = parameters.iter().filter(|parameter| parameter.perm != 0);
        shown.map(|parameter| parameter.name.to_string()).collect()
    }

    /// The word at `offset` of the structure at `address`, where that is memory of a module or of the kernel.
    pub(crate) fn word(&self, address: u64, offset: usize) -> Option<u64> {
        let at = address.checked_add(offset as u64)?;
        let last = at.checked_add(7)?;
        let (first, last) = (self.machine.memory().owner(at)?, self.machine.memory().owner(last)?);
        let readable = first == last && !first.freed;
        // SAFETY: both ends lie in one region of the machine's memory, which is mapped and readable until the
        // region is freed; whoever calls this holds the module that the address was found in.
        readable.then(|| unsafe { (at as *const u64).read_unaligned() })
    }
}

/// Sets and shows parameters by calling their operations. In a task.
struct Operations<'k> {
    kernel: &'k Kernel,
    parameters: &'k [Parameter],
    /// What has been printed about values that were refused.
    refusals: Vec<String>,
}

impl<'k> Operations<'k> {
    /// The table in which a name is looked up.
    fn table(&self) -> Vec<params::Parameter<'k>> {
        let flags = |ops| self.kernel.word(ops, kernel_param_ops::FLAGS).unwrap_or_default() as u32;
        let record = |parameter: &'k Parameter| params::Parameter {
            name: parameter.name.as_ref(),
            value_is_optional: flags(parameter.ops) & NOARG != 0,
            perm: parameter.perm,
        };
        self.parameters.iter().map(record).collect()
    }

    /// Calls the operation of a parameter that the word at `offset` of its operations names: `set` or `get`.
    fn call(&self, index: usize, offset: usize, text: u64) -> Result<usize, Errno> {
        let parameter = self.parameters.get(index).ok_or(Errno::ENOENT)?;
        let operation = self.kernel.word(parameter.ops, offset).filter(|&operation| operation != 0);
        let operation = operation.ok_or(Errno::EPERM)?;
        // SAFETY: the operation is what the parameter's operations name, called as include/linux/moduleparam.h says.
        let returned = unsafe { call_module(operation, &[text, parameter.record, 0, 0, 0, 0]) } as i32;
        usize::try_from(returned).map_err(|_| Errno::from_return(returned.into()).unwrap_or(Errno::EINVAL))
    }
}

impl Operations<'_> {
    /// A parameter declared with `module_param_unsafe` is for developers: whoever sets it cannot complain
    /// (`kernel/params.c, param_check_unsafe`).
    fn param_check_unsafe(&self, index: usize) {
        let Some(parameter) = self.parameters.get(index) else { return };
        // The word that begins at the flags: they are its lowest byte.
        let word = self.kernel.word(parameter.record, kernel_param::FLAGS).unwrap_or_default();
        if word & UNSAFE != 0 {
            let line = format!("Setting dangerous option {} - tainting kernel", parameter.name);
            self.kernel.machine.printk(Level::NOTICE, &line);
            self.kernel.registry.add_taint(Taint::User);
        }
    }
}

impl Target for Operations<'_> {
    fn set(&mut self, index: usize, value: Option<&mut [u8]>) -> Result<(), Errno> {
        self.param_check_unsafe(index);
        // The operation gets a C string that lives as long as the call, and may write into it.
        let mut text = value.as_ref().map(|value| [&value[..], b"\0"].concat());
        let address = text.as_mut().map_or(0, |text| text.as_mut_ptr() as u64);
        let answer = self.call(index, kernel_param_ops::SET, address);
        if let (Some(value), Some(text)) = (value, text) {
            value.iter_mut().zip(text).for_each(|(byte, left)| *byte = left);
        }
        answer.map(|_| ())
    }

    fn get(&mut self, index: usize) -> Result<Vec<u8>, Errno> {
        let mut page = vec![0u8; PAGE_SIZE];
        let written = self.call(index, kernel_param_ops::GET, page.as_mut_ptr() as u64)?;
        page.truncate(written);
        Ok(page)
    }

    fn print(&mut self, level: params::Level, line: String) {
        let level = match level {
            params::Level::Error => Level::ERR,
            params::Level::Warning => Level::WARNING,
        };
        self.kernel.machine.printk(level, &line);
        if level == Level::ERR {
            self.refusals.push(line);
        }
    }
}
