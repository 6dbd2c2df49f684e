nm --defined-only kernel/crypto/md4.ko | grep -i ' t '
printf '%s\n' 'modprobe md4' 'cat /proc/kallsyms' > /tmp/md4.script
cargo loader run /tmp/md4.script | grep '\[md4\]'
nm --defined-only kernel/drivers/gpu/drm/amd/amdgpu/amdgpu.ko > /tmp/amdgpu.map
cargo loader kallsyms /tmp/amdgpu.map
