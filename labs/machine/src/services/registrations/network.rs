//! Protocols, filters, queueing disciplines and other parts of the network: there is no packet to give them.
//! Linux: net/.

use super::Key::{First, IntAtFirst, Nothing, Second};
use super::Pair;

pub(super) const PAIRS: &[Pair] = &[
    // The parts that every network namespace has. There is one namespace, and it is empty: nobody's init is called.
    Pair("register_pernet_subsys", First, "unregister_pernet_subsys", First),
    Pair("register_pernet_device", First, "unregister_pernet_device", First),
    // Families, protocols and what they are made of.
    Pair("sock_register", IntAtFirst, "sock_unregister", First),
    Pair("proto_register", First, "proto_unregister", First),
    Pair("inet_add_protocol", Second, "inet_del_protocol", Second),
    Pair("inet6_add_protocol", Second, "inet6_del_protocol", Second),
    Pair("inet_add_offload", Second, "inet_del_offload", Second),
    Pair("inet6_add_offload", Second, "inet6_del_offload", Second),
    Pair("inet_register_protosw", First, "inet_unregister_protosw", First),
    Pair("inet6_register_protosw", First, "inet6_unregister_protosw", First),
    Pair("dev_add_pack", First, "dev_remove_pack", First),
    Pair("dev_add_offload", First, "dev_remove_offload", First),
    Pair("xfrm_register_type", First, "xfrm_unregister_type", First),
    Pair("xfrm_register_type_offload", First, "xfrm_unregister_type_offload", First),
    Pair("xfrm_register_km", First, "xfrm_unregister_km", First),
    Pair("xfrm_if_register_cb", Nothing, "xfrm_if_unregister_cb", Nothing),
    Pair("xfrm_input_register_afinfo", First, "xfrm_input_unregister_afinfo", First),
    Pair("xfrm4_protocol_register", First, "xfrm4_protocol_deregister", First),
    Pair("xfrm6_protocol_register", First, "xfrm6_protocol_deregister", First),
    Pair("tcp_register_congestion_control", First, "tcp_unregister_congestion_control", First),
    Pair("tcp_register_ulp", First, "tcp_unregister_ulp", First),
    Pair("sock_diag_register", First, "sock_diag_unregister", First),
    Pair("sock_diag_register_inet_compat", First, "sock_diag_unregister_inet_compat", First),
    Pair("lwtunnel_encap_add_ops", First, "lwtunnel_encap_del_ops", First),
    Pair("l3mdev_table_lookup_register", First, "l3mdev_table_lookup_unregister", First),
    Pair("register_mii_tstamp_controller", First, "unregister_mii_tstamp_controller", First),
    // Netlink.
    Pair("genl_register_family", First, "genl_unregister_family", First),
    Pair("rtnl_link_register", First, "rtnl_link_unregister", First),
    Pair("__rtnl_link_register", First, "__rtnl_link_unregister", First),
    Pair("rtnl_af_register", First, "rtnl_af_unregister", First),
    // Netfilter, queueing disciplines, classifiers and actions.
    Pair("nf_register_net_hooks", Second, "nf_unregister_net_hooks", Second),
    Pair("nf_register_net_hook", Second, "nf_unregister_net_hook", Second),
    Pair("nf_register_sockopt", First, "nf_unregister_sockopt", First),
    Pair("nf_register_queue_handler", Nothing, "nf_unregister_queue_handler", Nothing),
    Pair("nf_log_register", Second, "nf_log_unregister", First),
    Pair("register_qdisc", First, "unregister_qdisc", First),
    Pair("register_tcf_proto_ops", First, "unregister_tcf_proto_ops", First),
    Pair("tcf_register_action", First, "tcf_unregister_action", First),
    Pair("tcf_em_register", First, "tcf_em_unregister", First),
    Pair("flow_indr_dev_register", First, "flow_indr_dev_unregister", First),
    // Those who want to know what happens.
    Pair("register_netdevice_notifier", First, "unregister_netdevice_notifier", First),
    Pair("register_inetaddr_notifier", First, "unregister_inetaddr_notifier", First),
    Pair("register_inet6addr_notifier", First, "unregister_inet6addr_notifier", First),
    Pair("register_inetaddr_validator_notifier", First, "unregister_inetaddr_validator_notifier", First),
    Pair("register_inet6addr_validator_notifier", First, "unregister_inet6addr_validator_notifier", First),
    Pair("register_netevent_notifier", First, "unregister_netevent_notifier", First),
    Pair("register_switchdev_notifier", First, "unregister_switchdev_notifier", First),
    Pair("register_switchdev_blocking_notifier", First, "unregister_switchdev_blocking_notifier", First),
    Pair("register_dcbevent_notifier", First, "unregister_dcbevent_notifier", First),
    Pair("register_fib_notifier", Second, "unregister_fib_notifier", Second),
    Pair("register_nexthop_notifier", Second, "unregister_nexthop_notifier", Second),
    Pair("netlink_register_notifier", First, "netlink_unregister_notifier", First),
];
