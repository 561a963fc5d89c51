using BigTech.BuildingBlocks.Core;
using BigTech.Contracts.Users;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Chat;

/// <summary>What users reserve to their friends. User 2 has rules, user 1 is a stranger or a friend.</summary>
public abstract class PrivacyRuleSuite : ChatStoreSuite
{
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private protected PrivacyRuleSuite(ChatHost host) : base(host)
    {
    }

    [Fact]
    public async Task A_stranger_opens_no_room_with_a_user_who_takes_messages_from_friends_and_a_friend_does()
    {
        await Reserve(messages: true);

        (await Refused(() => _host.OpenDirect(1, 2))).ShouldBe([2]);
        (await RoomsOf(2)).ShouldBe(0);
        _host.Friends.Add(1, 2);
        (await _host.OpenDirect(1, 2)).IsNew.ShouldBeTrue();
    }

    [Fact]
    public async Task An_existing_room_is_returned_and_takes_no_messages_until_the_user_has_written()
    {
        var room = (await _host.OpenDirect(1, 2)).Room.Id;
        await _host.Send(room, 1, "before");
        await Reserve(messages: true);

        (await _host.OpenDirect(1, 2)).ShouldBe((await _host.Find(room), false));
        (await Refused(() => _host.Send(room, 1, "hello?"))).ShouldBe([2]);
        (await _host.Send(room, 2, "who is it?")).Status.ShouldBe(201);
        _host.Restart();

        (await _host.Send(room, 1, "me")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_user_with_rules_writes_to_a_stranger_who_may_answer()
    {
        await Reserve(messages: true);
        var room = (await _host.OpenDirect(2, 1)).Room.Id;
        (await Refused(() => _host.Send(room, 1, "too early"))).ShouldBe([2]);

        await _host.Send(room, 2, "hello");

        (await _host.Send(room, 1, "hello back")).Status.ShouldBe(201);
        _host.Friends.Questions.ShouldBe(1, "an answer needs no friendship");
    }

    [Fact]
    public async Task What_reaches_the_other_like_a_message_is_closed_and_the_rest_is_not()
    {
        var room = (await _host.OpenDirect(1, 2)).Room.Id;
        var (sent, mine) = (await _host.Send(room, 1, "in time", "once"), (await _host.Send(room, 1, "mine")).Message.Id);
        await _host.React(mine, 1, "👍");
        await Reserve(messages: true);

        await Refused(() => _host.Send(room, 1, "more"));
        await Refused(() => _host.Edit(mine, 1, "other words"));
        await Refused(() => _host.React(mine, 1, "👎"));
        await Refused(() => _host.Pin(mine, 1));
        await Refused(() => _host.Type(room, 1));

        (await _host.Send(room, 1, "in time", "once")).Message.Id.ShouldBe(sent.Message.Id, "it was accepted before");
        (await _host.TakeBack(mine, 1, "👍")).Reactions.ShouldBeEmpty();
        (await _host.Delete(mine, 1)).IsDeleted.ShouldBeTrue();
        (await _host.Read(room, 1)).ShouldNotBeNull();
        (await _host.Messages(room)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_friend_does_all_of_it_until_the_friendship_ends()
    {
        var room = (await _host.OpenDirect(1, 2)).Room.Id;
        await Reserve(messages: true);
        _host.Friends.Add(1, 2);

        var mine = (await _host.Send(room, 1, "hello")).Message.Id;
        await _host.Edit(mine, 1, "other words");
        await _host.React(mine, 1, "👍");
        await _host.Pin(mine, 1);
        await _host.Type(room, 1);
        _host.Friends.Remove(1, 2);

        await Refused(() => _host.Send(room, 1, "still there?"));
    }

    [Fact]
    public async Task Of_the_users_to_add_all_who_are_unwilling_are_named_and_nobody_is_added()
    {
        await Reserve(groups: true);
        await Reserve(groups: true, user: 4);
        await Reserve(groups: true, user: 5);
        _host.Friends.Add(1, 4);
        var room = await _host.CreateGroup(1, 3);

        (await Refused(() => _host.Add(room, 1, 2, 4, 5, 6))).ShouldBe([2, 5], ignoreOrder: true);
        (await Refused(() => _host.CreateGroup(1, 2, 3, 4))).ShouldBe([2]);

        (await _host.Load(room)).Members.Keys.ShouldBe([1L, 3], ignoreOrder: true);
        (await RoomsOf(2) + await RoomsOf(6)).ShouldBe(0);
        await _host.Add(room, 1, 4, 6);
        (await _host.Load(room)).Members.Count.ShouldBe(4);
        await Refused(() => _host.Add(room, 3, 2));
        (await _host.OpenDirect(1, 2)).IsNew.ShouldBeTrue("the rule is about groups");
    }

    [Fact]
    public async Task Whoever_has_a_link_joins_by_their_own_decision()
    {
        await Reserve(messages: true, groups: true);
        var room = await _host.CreateGroup(1, 3);
        var link = await _host.NewLink(room, 1);

        (await _host.Join(link.Code, 2)).MemberCount.ShouldBe(3);

        (await _host.Send(room, 1, "welcome")).Status.ShouldBe(201, "groups stay open");
    }

    [Fact]
    public async Task Without_the_Friend_context_nothing_is_done_where_it_decides_and_all_elsewhere()
    {
        var room = (await _host.OpenDirect(1, 2)).Room.Id;
        var group = await _host.CreateGroup(1, 3);
        await Reserve(messages: true, groups: true);
        _host.Friends.IsUnavailable = true;
        var version = (await _host.Load(room)).Version;

        foreach (var asked in new Func<Task>[] { () => _host.Send(room, 1, "?"), () => _host.Add(group, 1, 2), () => _host.Type(room, 1) })
        {
            (await Should.ThrowAsync<AppError>(asked)).Kind.ShouldBe(ErrorKind.Unavailable);
        }

        (await _host.Load(room)).Version.ShouldBe(version);
        (await _host.Load(group)).Members.Count.ShouldBe(2);
        (await _host.Send(group, 1, "groups need nobody's answer")).Status.ShouldBe(201);
        (await _host.OpenDirect(1, 3)).IsNew.ShouldBeTrue();
        (await _host.Send(room, 2, "nor does the user")).Status.ShouldBe(201);
        (await _host.Send(room, 1, "nor an answer")).Status.ShouldBe(201);
    }

    [Fact]
    public async Task Without_rules_the_Friend_context_is_not_asked()
    {
        await Reserve(messages: true, groups: true, user: 9);
        var room = (await _host.OpenDirect(1, 2)).Room.Id;

        await _host.Send(room, 1, "hello");
        await _host.Add(await _host.CreateGroup(1, 2), 1, 3);

        _host.Friends.Questions.ShouldBe(0);
    }

    [Fact]
    public async Task Events_that_are_older_or_say_nothing_reset_nothing()
    {
        await Reserve(messages: true, at: T0.AddSeconds(1));
        await Handle(new UserProfileUpdated(2, "ann", "Ann", null, null, T0.AddHours(1)));
        await Handle(Event(new UserPrivacy("everyone", "everyone", T0)));
        await Refused(() => _host.OpenDirect(1, 2));

        _host.Restart();
        await Refused(() => _host.OpenDirect(1, 2));
        await Handle(Event(new UserPrivacy("everyone", "friends", T0.AddSeconds(2))));

        (await _host.OpenDirect(1, 2)).IsNew.ShouldBeTrue();
        await Refused(() => _host.CreateGroup(1, 2, 3));
    }

    [Fact]
    public async Task A_rule_that_comes_while_a_user_is_added_finds_them_added_or_not()
    {
        var room = await _host.CreateGroup(1, 3);
        Task added, refused;
        using (var gate = await WriterGate.Close(_host.SqlStore))
        {
            added = _host.Add(room, 1, 2, 4);
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 1, "the first to be added");
            var rule = Reserve(groups: true);
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 2, "the rule");
            refused = _host.CreateGroup(1, 2, 3);
            await Eventually.Holds(() => _host.SqlStore.WaitingWrites == 3, "the group");
            await gate.Open();
            await rule;
        }

        await added;
        // Both came into one transaction, to which the rule does not belong yet; or the group came after it.
        var isRefused = await Record.ExceptionAsync(() => refused) is AppError;
        (await RoomsOf(2)).ShouldBe(isRefused ? 1 : 2);
        (await RoomsOf(4)).ShouldBe(1);
        await Refused(() => _host.CreateGroup(1, 2, 3));
    }

    [Fact]
    public async Task Conversations_from_before_the_rules_go_on()
    {
        var room = (await _host.OpenDirect(1, 2)).Room.Id;
        await _host.SqlStore.Write(work =>
        {
            work.Execute("DELETE FROM members WHERE user_id = 2");
            // As the version before the column did.
            work.Execute(
                """
                INSERT INTO members (room_id, user_id, role, joined_at, joined_seq, joined_version, read_seq, read_ordinal, read_version)
                VALUES (@room, 2, 'member', 0, 0, 0, 0, 0, 0)
                """,
                new { room });
        });
        _host.Restart();
        await Reserve(messages: true);

        (await _host.Send(room, 1, "as always")).Status.ShouldBe(201);
    }

    private Task Reserve(bool messages = false, bool groups = false, long user = 2, DateTimeOffset? at = null) =>
        Handle(Event(new UserPrivacy(messages ? "friends" : "everyone", groups ? "friends" : "everyone", at ?? T0), user));

    private static UserProfileUpdated Event(UserPrivacy privacy, long user = 2) =>
        new(user, $"name{user}", $"User {user}", null, null, T0, privacy);

    private Task Handle(UserProfileUpdated e) => _host.SqlStore.Write(work => _host.Privacy.On(e, work));

    private static async Task<IReadOnlyList<long>> Refused(Func<Task> request)
    {
        var error = await Should.ThrowAsync<AppError>(request);
        error.Code.ShouldBe("not_allowed_by_privacy");
        return error.UserIds.ShouldNotBeNull();
    }

    private ValueTask<long> RoomsOf(long user) => _host.SqlStore.Read(
        reader => reader.First<long>("SELECT COUNT(*) FROM members WHERE user_id = @user", new { user }), Ct);
}

public sealed class SqlitePrivacyRuleTests() : PrivacyRuleSuite(new ChatHost());

[Engines]
public sealed class MariaDbPrivacyRuleTests() : PrivacyRuleSuite(new ChatHost(TestEngine.MariaDb));
