//! What is remembered of a zone until all zones are read.

use dnsctl_zone::{Desired, Live, RRset, Wish, Zone};

/// A zone as its provider has it. What the files want just so is not kept a second time: in most runs that is nearly all.
#[derive(Debug)]
pub(crate) struct Remembered {
    /// The zone without the RRsets that are wishes as well.
    rest: Live,
    /// Their places among the wishes.
    same: Vec<usize>,
}

impl Remembered {
    /// Leaves out what the wishes hold. They are in canonical order of owner name and type.
    pub(crate) fn of(live: Live, desired: &Desired) -> Self {
        let Live { zone, kept, read_only, loses } = live;
        let apex = zone.apex.clone();
        let (mut same, mut rest) = (Vec::new(), Vec::new());
        for rrset in zone.into_rrsets() {
            match place(&desired.wishes, &rrset) {
                Some(place) => same.push(place),
                None => rest.push(rrset),
            }
        }
        same.shrink_to_fit();
        rest.shrink_to_fit();
        Self { rest: Live { kept, read_only, loses, ..Live::new(Zone::new(apex, rest)) }, same }
    }

    /// The zone as it was. `desired` is the one of which it was made.
    pub(crate) fn whole(self, desired: &Desired) -> Live {
        let Live { zone, kept, read_only, loses } = self.rest;
        let apex = zone.apex.clone();
        let wishes = self.same.into_iter().filter_map(|place| desired.wishes.get(place));
        let mut rrsets = zone.into_rrsets();
        rrsets.extend(wishes.map(|wish| wish.rrset.clone()));
        Live { kept, read_only, loses, ..Live::new(Zone::new(apex, rrsets)) }
    }
}

/// The place of the wish that is this very RRset. A name can be wished for once for each provider.
fn place(wishes: &[Wish], rrset: &RRset) -> Option<usize> {
    let start = wishes.partition_point(|wish| wish.rrset.key() < rrset.key());
    let like = wishes.iter().enumerate().skip(start).take_while(|(_, wish)| wish.rrset.key() == rrset.key());
    like.filter(|(_, wish)| wish.rrset == *rrset).map(|(place, _)| place).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{desired, www};

    #[test]
    fn what_is_wished_for_is_kept_once_and_comes_back() {
        let mut wanted = desired("a.example");
        let source = wanted.source.clone();
        let wish = |rrset| Wish {
            rrset,
            source: source.clone(),
            provider_options: None,
            only: None,
            lenient: false,
        };
        wanted.wishes = vec![wish(www("a.example", 1)), wish(www("a.example", 2))];
        for (last, kept) in [(1, 0), (2, 0), (3, 1)] {
            let mut live = Live::new(Zone::new(wanted.apex.clone(), vec![www("a.example", last)]));
            live.read_only = Some("a reason".to_owned());
            let remembered = Remembered::of(live.clone(), &wanted);
            assert_eq!(remembered.rest.zone.rrsets().len(), kept);
            assert_eq!(remembered.whole(&wanted), live);
        }
    }
}
