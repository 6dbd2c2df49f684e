cargo run -q -p refcount --example races CountsItself FlagAndCountApart
