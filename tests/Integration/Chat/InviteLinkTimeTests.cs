using BigTech.Platform.Http;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Invite links over time.</summary>
public sealed class InviteLinkTimeTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly ChatHost _host;

    public InviteLinkTimeTests() => _host = new ChatHost(StoreHome.On(TestEngine.Sqlite), isReplica: false, time: _time);

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_link_expires_and_a_member_may_repeat_the_request_for_another_day()
    {
        var room = await _host.CreateGroup(1, 2);
        var link = await _host.NewLink(room, 1, hours: 2);
        _time.Advance(TimeSpan.FromMinutes(119));
        await _host.Join(link.Code, 3);

        _time.Advance(TimeSpan.FromMinutes(1));
        (await _host.Links(room, 1)).ShouldBeEmpty();
        await ShouldBeUnknown(link.Code, 4);
        _time.Advance(TimeSpan.FromHours(23));
        await _host.NewLink(room, 1);
        (await _host.Join(link.Code, 3)).Id.ShouldBe(room);

        _time.Advance(TimeSpan.FromHours(2));
        await _host.NewLink(room, 1);
        await ShouldBeUnknown(link.Code, 3);
    }

    private async Task ShouldBeUnknown(string code, long user) =>
        (await Should.ThrowAsync<Refusal>(() => _host.Join(code, user))).Code.ShouldBe("invite_link_not_found");
}
