using BigTech.BuildingBlocks.Core;
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

    [Fact]
    public async Task What_a_group_keeps_of_its_links_is_bounded_however_many_come_and_go()
    {
        const int most = 500;
        var room = await _host.CreateGroup(1, 2);
        for (var i = 0; i < most; i++) await _host.Revoke(room, 1, (await _host.NewLink(room, 1)).Id);

        (await Should.ThrowAsync<AppError>(() => _host.NewLink(room, 1))).Code.ShouldBe("too_many_invite_links");
        _time.Advance(TimeSpan.FromHours(25));
        await _host.NewLink(room, 1);

        (await _host.SqlStore.Read(reader => reader.First<long>("SELECT COUNT(*) FROM invite_links"),
            TestContext.Current.CancellationToken)).ShouldBe(1);
    }

    [Fact]
    public async Task A_link_leads_into_no_group_without_members()
    {
        var room = await _host.CreateGroup(1, 2);
        var link = await _host.NewLink(room, 1);
        // The state of old groups, from before groups without members were deleted.
        await _host.SqlStore.Write(work => work.Execute("UPDATE members SET left_version = 1 WHERE room_id = @room", new { room }));
        _host.Restart();

        await ShouldBeUnknown(link.Code, 3);
    }

    private async Task ShouldBeUnknown(string code, long user) =>
        (await Should.ThrowAsync<AppError>(() => _host.Join(code, user))).Code.ShouldBe("invite_link_not_found");
}
