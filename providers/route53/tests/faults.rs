//! What goes wrong on the way: a proxy in front of an emulator throttles, breaks off, and answers as AWS does.

#![expect(clippy::unwrap_used, reason = "test code")]

mod common;

use common::{batch, change, free_name, reader, rrset, settings, writer};
use dnsctl_harness::{Fault, HttpProxy, MiniStack, require};
use dnsctl_provider::error::{Effect, ErrorKind};
use dnsctl_provider::lower::{self, Outcome};
use dnsctl_provider::{RRsetChange, WriteError};
use dnsctl_zone::{Name, RRset, RecordType};

/// A refusal as Route 53 writes it.
fn refusal(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>b25f48e8-84fd-11e6-80d9-574e0c4664cb</RequestId></ErrorResponse>"
    )
}

fn refuse(method: &str, path: &str, status: u16, code: &str, message: &str) -> Fault {
    Fault::on(method, path).answer(status, &[("Content-Type", "text/xml")], &refusal(code, message))
}

fn creation(rrset: RRset) -> RRsetChange {
    change(None, Some(rrset))
}

fn host(apex: &Name, owner: &str) -> RRset {
    rrset(&format!("{owner}.{apex}"), RecordType::A, 60, &["192.0.2.1"])
}

/// Runs a test against a proxied emulator that has one empty zone.
fn proxied<F: Future<Output = ()>>(test: impl FnOnce(HttpProxy, Name) -> F) {
    let Some(ministack) = require(MiniStack::start()) else { return };
    let apex = free_name();
    common::create_zone(ministack.address(), &apex).unwrap();
    let proxy = HttpProxy::start(ministack.address()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(test(proxy, apex));
}

/// How many requests of this method had a path with this text, and how they were answered.
fn answers(proxy: &HttpProxy, method: &str, path: &str) -> Vec<u16> {
    let requests = proxy.requests();
    let matching = requests.iter().filter(|request| request.method == method && request.path.contains(path));
    matching.map(|request| request.status).collect()
}

#[test]
fn throttled_requests_are_repeated() {
    proxied(|proxy, apex| async move {
        let settings = settings(&proxy.url());
        proxy.fault(refuse("GET", "/rrset", 400, "Throttling", "Rate exceeded").times(2));
        let live = reader(&settings).read_zone(&apex).await.unwrap().unwrap();
        assert_eq!(live.zone.rrsets().len(), 2);
        assert_eq!(answers(&proxy, "GET", "/rrset"), [400, 400, 200]);
        // A write, too: nothing was done with it.
        proxy.heal();
        let message = "The request was rejected because Route 53 was still processing a prior request.";
        proxy.fault(refuse("POST", "/rrset", 400, "PriorRequestNotComplete", message).times(2));
        let writer = writer(&settings);
        batch(&writer).write_batch(&apex, &[creation(host(&apex, "www"))]).await.unwrap();
        assert_eq!(answers(&proxy, "POST", "/rrset"), [400, 400, 200]);
        assert_eq!(reader(&settings).read_zone(&apex).await.unwrap().unwrap().zone.rrsets().len(), 3);
    });
}

#[test]
fn a_lost_answer_leaves_a_doubt_and_is_not_repeated() {
    proxied(|proxy, apex| async move {
        let settings = settings(&proxy.url());
        let writer = writer(&settings);
        for (owner, fault, written) in [
            ("reset", Fault::on("POST", "/rrset").reset_after(), true),
            ("failed", Fault::on("POST", "/rrset").status(500), false),
            ("cut", Fault::on("POST", "/rrset").cut_short(), true),
        ] {
            proxy.heal();
            proxy.forget();
            proxy.fault(fault);
            let host = host(&apex, owner);
            let WriteError { error, .. } =
                batch(&writer).write_batch(&apex, &[creation(host.clone())]).await.unwrap_err();
            assert_eq!(error.effect(), Effect::Unknown, "{owner}: {error}");
            assert_eq!(answers(&proxy, "POST", "/rrset").len(), 1, "{owner}");
            let live = reader(&settings).read_zone(&apex).await.unwrap().unwrap();
            assert_eq!(live.zone.get(&host.name, host.rtype).is_some(), written, "{owner}");
        }
    });
}

#[test]
fn a_zone_whose_creation_was_not_answered_is_created_once() {
    proxied(|proxy, _| async move {
        let settings = settings(&proxy.url());
        let apex = free_name();
        proxy.fault(Fault::on("POST", "/2013-04-01/hostedzone").nth(1).reset_after());
        let message = "A hosted zone has already been created with the specified caller reference.";
        proxy.fault(refuse("POST", "/2013-04-01/hostedzone", 409, "HostedZoneAlreadyExists", message).nth(2));
        let writer = writer(&settings);
        let host = host(&apex, "www");
        let written = lower::create(&writer, &apex, &[creation(host.clone())], &mut |_| {}).await;
        assert!(written.is_complete(), "{written:?}");
        let live = reader(&settings).read_zone(&apex).await.unwrap().unwrap();
        assert_eq!(live.zone.get(&host.name, host.rtype), Some(&host));
        // Without an earlier try it is somebody else's.
        proxy.heal();
        proxy.fault(refuse("POST", "/2013-04-01/hostedzone", 409, "HostedZoneAlreadyExists", message));
        let error = writer.common().create_zone(&free_name(), &[]).await.unwrap_err();
        assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Conflict, Effect::NotWritten));
    });
}

/// What becomes of the records says nothing of the zone: it is created, and nobody else has done it.
#[test]
fn a_zone_is_created_though_its_records_are_not_written() {
    proxied(|proxy, _| async move {
        for status in [400, 500] {
            let (apex, writer) = (free_name(), writer(&settings(&proxy.url())));
            proxy.fault(refuse("POST", "/rrset", status, "InvalidInput", "no"));
            let changes = [creation(host(&apex, "www"))];
            let written = lower::create(&writer, &apex, &changes, &mut |_| {}).await;
            assert_eq!(written.creation, Some(Outcome::Written));
            let effect = written.outcomes[0].error().unwrap().effect();
            assert_eq!(effect, if status == 400 { Effect::NotWritten } else { Effect::Unknown });
            // The ordinary way goes on from there.
            proxy.heal();
            assert!(lower::write(&writer, &apex, &changes, &mut |_| {}).await.is_complete());
        }
    });
}

#[test]
fn quotas_and_delegation_sets_have_their_own_hints() {
    proxied(|proxy, apex| async move {
        let writer = writer(&settings(&proxy.url()));
        for (code, hint) in [
            ("TooManyHostedZones", "higher quota"),
            ("LimitsExceeded", "Service Quotas"),
            ("NoSuchDelegationSet", "list-reusable-delegation-sets"),
            ("DelegationSetNotAvailable", "delegation_set"),
            ("ConflictingDomainExists", "another account"),
        ] {
            proxy.heal();
            proxy.fault(refuse("POST", "/2013-04-01/hostedzone", 400, code, "Limits Exceeded"));
            let free = free_name();
            let error = writer.common().create_zone(&free, &[host(&free, "www")]).await.unwrap_err().error;
            assert_eq!(error.effect(), Effect::NotWritten, "{error}");
            assert!(error.message().contains(code), "{error}");
            assert!(error.hint().is_some_and(|text| text.contains(hint)), "{code}: {:?}", error.hint());
        }
        // The same for a zone that is full.
        proxy.heal();
        proxy.fault(refuse("POST", "/rrset", 400, "LimitsExceeded", "too many resource record sets"));
        let error = batch(&writer).write_batch(&apex, &[creation(host(&apex, "www"))]).await.unwrap_err();
        assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Rejected, Effect::NotWritten));
        assert!(error.error.hint().is_some_and(|text| text.contains("Service Quotas")), "{error}");
    });
}

#[test]
fn refusals_are_told_apart() {
    proxied(|proxy, apex| async move {
        let reader = reader(&settings(&proxy.url()));
        for (status, code, message, kind, hint) in [
            (
                403,
                "AccessDenied",
                "User: arn:aws:iam::1:user/x is not authorized to perform: route53:ListHostedZones",
                ErrorKind::Forbidden,
                "IAM policy",
            ),
            (
                403,
                "InvalidClientTokenId",
                "The security token included in the request is invalid.",
                ErrorKind::Unauthorized,
                "partition",
            ),
            (
                403,
                "SignatureDoesNotMatch",
                "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z",
                ErrorKind::Unauthorized,
                "clock",
            ),
            (
                400,
                "ExpiredToken",
                "The security token included in the request is expired",
                ErrorKind::Unauthorized,
                "new credentials",
            ),
            (400, "InvalidInput", "Invalid XML", ErrorKind::Rejected, ""),
        ] {
            proxy.heal();
            proxy.forget();
            proxy.fault(refuse("GET", "/hostedzone", status, code, message));
            let error = reader.read_zone(&apex).await.unwrap_err();
            assert_eq!((error.kind(), error.effect()), (kind, Effect::NotWritten), "{error}");
            assert!(error.message().starts_with(&format!("{code}: {message}")), "{error}");
            assert!(error.hint().unwrap_or_default().contains(hint), "{error}");
            assert_eq!(proxy.requests().len(), 1, "{code} is not repeated");
        }
    });
}

#[test]
fn an_answer_that_is_not_whole_is_no_zone() {
    proxied(|proxy, apex| async move {
        let settings = settings(&proxy.url());
        let cut = "<ListResourceRecordSetsResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">\
                   <ResourceRecordSets></ResourceRecordSets><IsTruncated>true</IsTruncated><MaxItems>300</MaxItems>\
                   </ListResourceRecordSetsResponse>";
        let again = cut.replace(
            "<MaxItems>",
            "<NextRecordName>a.</NextRecordName><NextRecordType>A</NextRecordType><MaxItems>",
        );
        for (fault, words) in [
            (Fault::on("GET", "/rrset").body(cut), "does not say where it goes on"),
            (Fault::on("GET", "/rrset").body(&again), "never ends"),
            (Fault::on("GET", "/rrset").half_body(), "the XML is not as expected"),
            (Fault::on("GET", "/rrset").html(), "not XML"),
            (Fault::on("GET", "/rrset").body("{}"), "not XML"),
            (Fault::on("GET", "/rrset").body("<OtherResponse/>"), "the XML is not as expected"),
            (Fault::on("GET", "/rrset").redirect("http://127.0.0.1:9/"), "redirect"),
        ] {
            proxy.heal();
            proxy.fault(fault);
            let error = reader(&settings).read_zone(&apex).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{words}: {error}");
            assert!(error.to_string().contains(words), "{words}: {error}");
        }
    });
}

#[test]
fn the_record_that_route_53_refuses_is_named() {
    proxied(|proxy, apex| async move {
        let writer = writer(&settings(&proxy.url()));
        let bare = apex.to_string();
        let changes = [creation(host(&apex, "www")), creation(host(&apex, "w")), creation(host(&apex, "*"))];
        for (message, culprits) in [
            (
                format!(
                    "[RRSet of type A with DNS name w.{bare} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone {bare}]"
                ),
                vec![1],
            ),
            (
                "[Invalid Resource Record: 'FATAL problem: X' encountered with '192.0.2.1']".to_owned(),
                vec![0, 1, 2],
            ),
            (
                format!(
                    "[RRSet with DNS name \\052.{bare} is not permitted in zone {bare}, RRSet of type A with DNS name www.{bare} is no good]"
                ),
                vec![0, 2],
            ),
        ] {
            proxy.heal();
            proxy.fault(refuse("POST", "/rrset", 400, "InvalidChangeBatch", &message));
            let error = batch(&writer).write_batch(&apex, &changes).await.unwrap_err();
            assert_eq!((error.error.kind(), error.culprits), (ErrorKind::Rejected, culprits), "{message}");
        }
    });
}

#[test]
fn the_keys_of_a_signed_zone_are_read() {
    proxied(|proxy, apex| async move {
        let reader = reader(&settings(&proxy.url()));
        let key = |status: &str, tag: u32| {
            format!(
                "<member><Name>k{tag}</Name><Flag>257</Flag><KeyTag>{tag}</KeyTag><Status>{status}</Status>\
                 <DNSKEYRecord>257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==</DNSKEYRecord>\
                 <DSRecord>{tag} 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A</DSRecord></member>"
            )
        };
        let keys = format!("{}{}", key("ACTIVE", 60485), key("INACTIVE", 2371));
        for (status, body, wanted) in [
            (200, signing("SIGNING", &keys), Some(1)),
            (200, signing("NOT_SIGNING", ""), None),
            (400, refusal("InvalidArgument", "The hosted zone is private"), None),
            (403, refusal("AccessDenied", "not authorized to perform: route53:GetDNSSEC"), None),
        ] {
            proxy.heal();
            proxy.fault(Fault::on("GET", "/dnssec").answer(status, &[("Content-Type", "text/xml")], &body));
            let found = reader.signing(&apex).await.unwrap();
            assert_eq!(found.as_ref().map(|signing| signing.keys.len()), wanted, "{body}");
            let signers = found.map(|signing| signing.delegation_signers).unwrap_or_default();
            assert!(signers.iter().all(|signer| signer.number("key_tag") == Some(60485)), "{signers:?}");
        }
        proxy.heal();
        proxy.fault(refuse("GET", "/dnssec", 403, "InvalidClientTokenId", "no"));
        assert_eq!(reader.signing(&apex).await.unwrap_err().kind(), ErrorKind::Unauthorized);
    });
}

fn signing(status: &str, keys: &str) -> String {
    format!(
        "<GetDNSSECResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Status><ServeSignature>{status}</ServeSignature></Status>\
         <KeySigningKeys>{keys}</KeySigningKeys></GetDNSSECResponse>"
    )
}
