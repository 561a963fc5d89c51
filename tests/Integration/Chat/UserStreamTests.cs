using BigTech.Chat.Live;
using BigTech.Platform.Auth;
using BigTech.Tests.Integration.Cache;

namespace BigTech.Tests.Integration.Chat;

/// <summary>The stream of all rooms, while the rooms change under it.</summary>
public sealed class UserStreamTests : IDisposable
{
    private const long Owner = 1;
    private const long Member = 2;

    private readonly ChatHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_room_that_puts_a_user_out_while_his_stream_opens_tells_it_nothing_more()
    {
        var first = await _host.CreateGroup(Owner, Member);
        var lost = await _host.CreateGroup(Owner, Member);
        var last = await _host.CreateGroup(Owner, Member);
        // The stream has found all three and joins one after the other; the hub speaks up when it has joined the first.
        _host.Hub.Join(first, new Listener(Owner));
        _host.Hub.Notice(first, long.MaxValue);
        _host.Hub.FellBehind += _ => PutOut(lost);

        using var stream = Open();
        (await stream.Next()).Name.ShouldBe("ready");
        (await _host.Find(lost)).HasMember(Member).ShouldBeFalse();
        await _host.Send(lost, Owner, "a secret");
        await _host.Send(last, Owner, "hello");

        (await stream.Next()).Data.ShouldContain("hello");
    }

    private void PutOut(long room) => _host.Remove(room, Owner, Member).GetAwaiter().GetResult();

    private OpenedStream Open() => new((http, registry) => new UserStream(
        http, new Caller(Member, $"s{Member}", $"user{Member}"), null, _host.Store, _host.Hub, new RoomReplay(_host.Store, _host.Names), registry).Run());
}
