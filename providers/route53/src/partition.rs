//! Where Route 53 is: one endpoint for each partition of AWS.
//!
//! <https://docs.aws.amazon.com/general/latest/gr/r53.html>

/// A part of AWS with accounts of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Partition {
    /// How the names of its regions begin.
    prefix: &'static str,
    suffix: &'static str,
    host: &'static str,
    region: &'static str,
}

/// The last one is the ordinary one.
const PARTITIONS: [Partition; 8] = [
    partition("cn-", "amazonaws.com.cn", "route53.amazonaws.com.cn", "cn-northwest-1"),
    partition("us-gov-", "amazonaws.com", "route53.us-gov.amazonaws.com", "us-gov-west-1"),
    partition("eusc-", "amazonaws.eu", "route53.amazonaws.eu", "eusc-de-east-1"),
    partition("us-iso-", "c2s.ic.gov", "route53.c2s.ic.gov", "us-iso-east-1"),
    partition("us-isob-", "sc2s.sgov.gov", "route53.sc2s.sgov.gov", "us-isob-east-1"),
    partition("eu-isoe-", "cloud.adc-e.uk", "route53.cloud.adc-e.uk", "eu-isoe-west-1"),
    partition("us-isof-", "csp.hci.ic.gov", "route53.csp.hci.ic.gov", "us-isof-south-1"),
    partition("", "amazonaws.com", "route53.amazonaws.com", "us-east-1"),
];

const fn partition(
    prefix: &'static str,
    suffix: &'static str,
    host: &'static str,
    region: &'static str,
) -> Partition {
    Partition { prefix, suffix, host, region }
}

impl Partition {
    /// The partition that a region belongs to.
    pub(crate) fn of(region: &str) -> Self {
        let [.., ordinary] = PARTITIONS;
        PARTITIONS.into_iter().find(|partition| region.starts_with(partition.prefix)).unwrap_or(ordinary)
    }

    /// The domain under which its services are.
    pub(crate) fn suffix(self) -> &'static str {
        self.suffix
    }

    /// The base URL of Route 53.
    pub(crate) fn endpoint(self) -> String {
        format!("https://{}", self.host)
    }

    /// The region for which requests to Route 53 are signed.
    pub(crate) fn signing_region(self) -> &'static str {
        self.region
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_its_partition() {
        for (region, endpoint, signing_region) in [
            ("us-east-1", "https://route53.amazonaws.com", "us-east-1"),
            ("eu-central-1", "https://route53.amazonaws.com", "us-east-1"),
            ("cn-north-1", "https://route53.amazonaws.com.cn", "cn-northwest-1"),
            ("us-gov-east-1", "https://route53.us-gov.amazonaws.com", "us-gov-west-1"),
            ("eusc-de-east-1", "https://route53.amazonaws.eu", "eusc-de-east-1"),
            ("us-isob-east-1", "https://route53.sc2s.sgov.gov", "us-isob-east-1"),
        ] {
            let partition = Partition::of(region);
            assert_eq!(
                (partition.endpoint().as_str(), partition.signing_region()),
                (endpoint, signing_region)
            );
        }
    }
}
