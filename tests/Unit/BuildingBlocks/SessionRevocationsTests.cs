using BigTech.BuildingBlocks.Core;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class SessionRevocationsTests
{
    [Fact]
    public void A_revoked_session_is_known_and_published_once()
    {
        var time = new ManualTime();
        var revocations = new SessionRevocations(time);
        var received = new List<string>();
        revocations.Revoked += received.Add;

        revocations.Revoke("a", time.GetUtcNow().AddMinutes(15));
        revocations.Revoke("a", time.GetUtcNow().AddMinutes(15));

        revocations.IsRevoked("a").ShouldBeTrue();
        revocations.IsRevoked("b").ShouldBeFalse();
        received.ShouldBe(["a"]);
    }

    [Fact]
    public void Sessions_are_forgotten_only_when_their_tokens_have_expired()
    {
        var time = new ManualTime();
        var revocations = new SessionRevocations(time);
        for (var i = 0; i < 10_000; i++) revocations.Revoke($"old{i}", time.GetUtcNow().AddMinutes(15));
        time.Advance(TimeSpan.FromMinutes(10));
        revocations.Revoke("young", time.GetUtcNow().AddMinutes(15));
        revocations.IsRevoked("old0").ShouldBeTrue();
        time.Advance(TimeSpan.FromMinutes(6));
        revocations.Revoke("last", time.GetUtcNow().AddMinutes(15));

        revocations.IsRevoked("old0").ShouldBeFalse();
        revocations.IsRevoked("young").ShouldBeTrue();
    }
}
