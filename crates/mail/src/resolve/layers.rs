//! One resolver behind another.

use super::{Answer, Resolver};
use dnsctl_zone::Name;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Asks the first resolver, and the second about what the first does not know: held zones before recorded answers.
///
/// An alias that leads from what the first knows to what only the second knows is followed when the second was asked for
/// the name at which the alias stands.
#[derive(Debug, Clone, Copy)]
pub struct Layers<A, B>(pub A, pub B);

fn or<T>(first: Answer<T>, second: impl FnOnce() -> Answer<T>) -> Answer<T> {
    match first {
        Answer::Unknown => second(),
        known => known,
    }
}

impl<A: Resolver, B: Resolver> Resolver for Layers<A, B> {
    fn texts(&self, name: &Name) -> Answer<Vec<u8>> {
        or(self.0.texts(name), || self.1.texts(name))
    }

    fn ipv4(&self, name: &Name) -> Answer<Ipv4Addr> {
        or(self.0.ipv4(name), || self.1.ipv4(name))
    }

    fn ipv6(&self, name: &Name) -> Answer<Ipv6Addr> {
        or(self.0.ipv6(name), || self.1.ipv6(name))
    }

    fn mail_exchangers(&self, name: &Name) -> Answer<(u16, Name)> {
        or(self.0.mail_exchangers(name), || self.1.mail_exchangers(name))
    }

    fn pointers(&self, address: IpAddr) -> Answer<Name> {
        or(self.0.pointers(address), || self.1.pointers(address))
    }
}
