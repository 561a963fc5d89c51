using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Documents;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>Who is in a room: roles, invite links, removals and leaving.</summary>
public abstract class MembershipSuite : ChatStoreSuite
{
    private protected MembershipSuite(ChatHost host) : base(host)
    {
    }

    [Fact]
    public async Task Who_comes_back_to_a_group_has_the_role_of_a_newcomer_and_no_trace_of_the_one_before()
    {
        var room = await _host.CreateGroup(1, 2);
        await _host.GiveRole(room, 1, 2, "admin");
        await _host.Remove(room, 1, 2);
        await _host.Add(room, 1, 2);

        var events = (await _host.Since(room, 0)).Events;
        events.ShouldNotContain(e => e.Kind == ReplayKind.RoleChanged);
        events.ShouldContain(e => e.Kind == ReplayKind.MemberJoined && e.UserId == 2);
        (await _host.Load(room)).Members[2].Role.ShouldBe(MemberRole.Member);
    }

    [Fact]
    public async Task Links_outlast_a_restart_count_their_uses_and_show_who_joined_by_link()
    {
        var room = await _host.CreateGroup(1, 2);
        var (once, often) = (await _host.NewLink(room, 1, maxUses: 1), await _host.NewLink(room, 1));
        _host.Restart();

        await _host.Join(once.Code, 3);
        await _host.Join(often.Code, 4);
        (await Should.ThrowAsync<AppError>(() => _host.Join(once.Code, 5))).Code.ShouldBe("invite_link_not_found");

        _host.Restart();
        (await _host.Links(room, 1)).ShouldBe([often with { Uses = 1 }]);
        (await _host.Load(room)).Members.Keys.ShouldBe([1, 2, 3, 4], ignoreOrder: true);
        var received = await _host.SqlStore.Log.Read(MemberJoined.Topic, 0, 100, Ct);
        received.Select(e => e.Is<MemberJoined>(out var joined) ? (joined.Version, joined.UserId, joined.AddedBy) : default)
            .Where(e => e.Version > 0).ShouldBe([(1, 3, 3), (3, 4, 4)]);
    }

    [Fact]
    public async Task A_removal_outlasts_a_restart_and_ends_when_an_admin_adds_the_user()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var link = await _host.NewLink(room, 1);
        await _host.Remove(room, 1, 3);
        _host.Restart();

        (await Should.ThrowAsync<AppError>(() => _host.Join(link.Code, 3))).Code.ShouldBe("removed_from_room");
        (await Should.ThrowAsync<AppError>(() => _host.Add(room, 2, 3))).Code.ShouldBe("removed_from_room");
        await _host.Add(room, 1, 3);
        await _host.Remove(room, 3, 3);
        await _host.Join(link.Code, 3);

        (await _host.Links(room, 1)).ShouldHaveSingleItem().Uses.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_group_admits_no_user_by_a_link_until_a_member_leaves()
    {
        var room = await _host.CreateGroup(1, [.. Enumerable.Range(2, Room.MaxGroupMembers - 1).Select(user => (long)user)]);
        var link = await _host.NewLink(room, 1);

        (await Should.ThrowAsync<AppError>(() => _host.Join(link.Code, 2000))).Code.ShouldBe("room_full");
        await _host.Remove(room, 1, 2);
        await _host.Join(link.Code, 2000);

        (await _host.Load(room)).Members.Count.ShouldBe(Room.MaxGroupMembers);
        (await _host.Links(room, 1)).ShouldHaveSingleItem().Uses.ShouldBe(1);
    }

    [Fact]
    public async Task The_owner_steps_back_before_the_next_owner_is_announced()
    {
        var room = await _host.CreateGroup(1, 2);
        var listener = new Listener(1);
        await _host.Listen(room, listener);

        await _host.GiveRole(room, 1, 2, "owner");

        var received = listener.Changes.Select(e => Encoding.UTF8.GetString(e.Body))
            .Where(e => e.StartsWith("event: member", StringComparison.Ordinal)).ToList();
        received.Count.ShouldBe(2);
        received[0].ShouldContain("\"role\":\"admin\"");
        received[1].ShouldContain("\"role\":\"owner\"");
    }

    [Fact]
    public async Task An_owner_who_leaves_hands_over_and_those_who_were_away_learn_of_it()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var listener = new Listener(2);
        await _host.Listen(room, listener);

        await _host.Remove(room, 1, 1);

        var stored = await _host.Load(room);
        stored.Members[2].Role.ShouldBe(MemberRole.Owner);
        ShouldBeTheSame(await _host.Find(room), stored);
        listener.Changes.Select(e => e.Version).ShouldBe(Numbers((int)stored.Version));
        var missed = (await _host.Since(room, 0)).Events;
        missed.Select(e => e.Version).ShouldBe(Numbers((int)stored.Version));
        missed.Single(e => e.Kind == ReplayKind.RoleChanged).UserId.ShouldBe(2);
        missed.Single(e => e.Kind == ReplayKind.MemberLeft).UserId.ShouldBe(1);
    }

    [Fact]
    public async Task A_removed_member_receives_that_last_and_may_do_nothing_more()
    {
        var room = await _host.CreateGroup(1, 2, 3);
        var (gone, stays) = (new Listener(2), new Listener(3));
        await _host.Listen(room, gone);
        await _host.Listen(room, stays);
        var message = (await _host.Send(room, 2, "mine")).Message;

        await _host.Remove(room, 1, 2);

        await _host.Send(room, 1, "without the member");
        gone.HasEnded.ShouldBeTrue();
        gone.Changes.Select(e => e.Version).ShouldBe([1L, 2]);
        stays.Changes.Select(e => e.Version).ShouldBe([1L, 2, 3, 4]);
        (await Should.ThrowAsync<AppError>(_host.Send(room, 2, "still here?"))).Kind.ShouldBe(ErrorKind.Forbidden);
        (await Should.ThrowAsync<AppError>(_host.Edit(message.Id, 2, "still here?"))).Kind.ShouldBe(ErrorKind.Forbidden);
        (await Should.ThrowAsync<AppError>(_host.Delete(message.Id, 2))).Kind.ShouldBe(ErrorKind.Forbidden);
        (await Should.ThrowAsync<AppError>(_host.Read(room, 2))).Kind.ShouldBe(ErrorKind.Forbidden);
        (await Should.ThrowAsync<AppError>(_host.Add(room, 2, 5))).Kind.ShouldBe(ErrorKind.Forbidden);
    }

    [Fact]
    public async Task A_membership_that_ends_while_a_send_waits_refuses_the_send()
    {
        var room = await _host.CreateGroup(1, 2);
        Task removal;
        Task<(int Status, MessageView Message)> send;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            removal = _host.Remove(room, 1, 2);
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 1, "the removal waiting");
            send = _host.Send(room, 2, "too late");
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 2, "the send waiting");
            await gate.Open();
        }
        await removal;
        (await Should.ThrowAsync<AppError>(send)).Kind.ShouldBe(ErrorKind.Forbidden);
        (await _host.Messages(room)).ShouldAllBe(message => message.IsSystem);
    }
}

public sealed class MembershipTests() : MembershipSuite(new ChatHost());

[Engines]
public sealed class MembershipMariaDbTests() : MembershipSuite(new ChatHost(TestEngine.MariaDb));

[Engines]
public sealed class MembershipWithDocumentsTests() : MembershipSuite(new ChatHost(mongo: new TestMongo()));
