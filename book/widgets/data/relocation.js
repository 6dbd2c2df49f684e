/** @type {RelocationPreset[]} */
const relocationPresets = [
{"A":-4,"P":"0xffffffffc000400a","S":"0xffffffff81100000","after":"f2 bf 0f c1","before":"00 00 00 00","kind":4,"module":"hello","said":"","symbol":"_printk","title":"hello, .init.text at 0xa: PLT32 _printk"},
{"A":0,"P":"0xffffffffc0004003","S":"0xffffffffc0001024","after":"24 10 00 c0","before":"00 00 00 00","kind":11,"module":"hello","said":"","symbol":".rodata.str1.1","title":"hello, .init.text at 0x3: 32S .rodata.str1.1"},
{"A":0,"P":"0xffffffffc0002138","S":"0xffffffffc0004000","after":"00 40 00 c0 ff ff ff ff","before":"00 00 00 00 00 00 00 00","kind":1,"module":"hello","said":"","symbol":"init_module","title":"hello, .gnu.linkonce.this_module at 0x138: 64 init_module (the pointer to init)"},
{"A":-4,"P":"0xffffffffc0024002","S":"0xffffffffc0022000","after":"fa df ff ff","before":"00 00 00 00","kind":2,"module":"merchant","said":"","symbol":".data","title":"merchant, .init.text at 0x2: PC32 .data"},
{"A":-4,"P":"0xffffffffc002400e","S":"0xffffffffc0010010","after":"fe bf fe ff","before":"00 00 00 00","kind":4,"module":"merchant","said":"","symbol":"abacus_multiply","title":"merchant, .init.text at 0xe: PLT32 abacus_multiply"},
{"A":0,"P":"0xffffffffc0021038","S":"0xffffffff81101000","after":"00 10 10 81 ff ff ff ff","before":"00 00 00 00 00 00 00 00","kind":1,"module":"merchant","said":"","symbol":"param_ops_int","title":"merchant, __param at 0x10: 64 param_ops_int"},
{"A":0,"P":"0xffffffffc0011024","S":"0xffffffffc0010000","after":"dc ef ff ff","before":"00 00 00 00","kind":2,"module":"abacus","said":"","symbol":"abacus_add","title":"abacus, __ksymtab at 0x0: PC32 abacus_add"},
{"A":0,"P":"0x80004003","S":"0x80001024","after":"24 10 00 80","before":"00 00 00 00","kind":11,"module":"hello","said":"module: overflow in relocation type 11 val 80001024\nmodule: `hello' likely not compiled with -mcmodel=kernel","symbol":".rodata.str1.1","title":"hello, .init.text at 0x3: 32S .rodata.str1.1, the module at 0x80000000"},
{"A":-4,"P":"0xffffffffc000400a","S":"0xffffffff81100000","after":"f2 bf 0f c1","before":"f2 bf 0f c1","kind":4,"module":"hello","said":"module: x86/modules: Skipping invalid relocation target, existing value is nonzero for type 4, loc ffffffffc000400a, val ffffffff810ffffc","symbol":"_printk","title":"hello, .init.text at 0xa: PLT32 _printk, a second time"},
];
