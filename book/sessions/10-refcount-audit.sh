cargo run -q -p refcount-solution --example races
