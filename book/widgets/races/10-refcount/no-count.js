// Derived by `cargo course sync` from what `cargo course trace` explored.
(globalThis.races ??= {})["10-refcount/no-count"] = {
"title":"rmmod against open",
"actors":["CPU 0: rmmod","CPU 1: open"],
"interleavings":"3",
"bad":"2",
"executions":3,
"firstBad":1,
"states":7,
"shortest":[0,1],
"files":[{"lines":[[17,""],[18,"    /// Somebody wants to remove it."],[19,"    fn rmmod(&self, text: &Text);"],[20,"}"],[21,""],[22,"fn read() {"],[23,"    note(\"sleeps in read\");"],[24,"}"],[25,""],[27,"/// Nobody counts."],[28,"pub struct NoCount;"],[29,""],[30,"impl Design for NoCount {"],[31,"    fn new() -> NoCount {"],[32,"        NoCount"],[33,"    }"],[34,""],[35,"    fn open(&self, text: &Text) {"],[36,"        text.run(read);"],[37,"    }"],[38,""],[39,"    fn rmmod(&self, text: &Text) {"],[40,"        text.free();"],[41,"    }"],[42,"}"],[44,""],[46,"/// The module counts itself: MOD_INC_USE_COUNT and MOD_DEC_USE_COUNT, as every driver of Linux 2.4 had them."],[47,"pub struct CountsItself {"],[48,"    count: AtomicI32,"]],"name":"solutions/10-refcount/src/broken.rs"}],
"steps":[["frees the text of disk",0,40,0],["enters the text of disk",0,36,0],["sleeps in read",0,23,1],["leaves the text of disk",0,36,0]],
"ends":[null,["CPU 1 runs in the text of disk, which CPU 0 frees."],["CPU 1 runs in the text of disk, which CPU 0 freed."]],
"variables":["text of disk"],
"values":["mapped","mapped, CPU 1 in it","freed"],
"memories":[[0],[1],[2]],
"nodes":[
[0,[[0,5,0],[1,1,1,2]]],
[1,[[0,4,0],[1,2,3]]],
[0,[[0,3,0]]],
[2,0],
[2,1],
[2,[[1,6,1]]],
[2,2]]};
