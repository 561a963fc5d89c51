using System.Globalization;
using System.Text;
using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

/// <summary>Every count that a user sees equals a recount from the beginning, whatever was deleted.</summary>
[Scenarios]
public sealed class CountScenarios(SharedServer server) : IAsyncLifetime
{
    private readonly Dictionary<User, SseClient> _open = [];
    private readonly StringBuilder _log = new();
    private User[] _users = [];

    // Two members who do nothing else: one sends what the tests need, the other is told of everything.
    private User _voice = null!;
    private User _watch = null!;
    private long _room;
    private CountModel _model = null!;

    public async ValueTask InitializeAsync()
    {
        var all = await server.NewUsers(6);
        _room = (await all[0].CreateGroup("counted", all[1..])).Id;
        (_users, _voice, _watch, _model) = (all[..4], all[4], all[5], new CountModel(all));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in _open.Values) await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_message_that_was_seen_live_and_is_deleted_was_not_counted()
    {
        var bob = _users[1];
        var counted = await Send(_users[0]);
        await Look(bob);
        var seen = await Send(_users[0]);
        await LookAway(bob);
        await Send(_users[0]);
        await ShouldAgree("two messages count");

        await Delete(_users[0], seen);
        await ShouldAgree("the one that was seen is deleted");
        await Delete(_users[0], counted);
        await ShouldAgree("one of the counted ones is deleted");

        (await bob.Receives("message")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_of_a_muted_time_that_is_deleted_was_not_counted()
    {
        var bob = _users[1];
        var counted = await Send(_users[0]);
        await Mute(bob, true);
        var muted = await Send(_users[0]);
        await Mute(bob, false);
        await Send(_users[0]);

        await Delete(_users[0], muted);
        await ShouldAgree("the muted one is deleted");
        await Delete(_users[0], counted);
        await ShouldAgree("one of the counted ones is deleted");
    }

    [Fact]
    public async Task A_message_across_a_former_block_that_is_deleted_was_not_counted()
    {
        var (ann, bob) = (_users[0], _users[1]);
        var counted = await Send(ann);
        await Block(bob, ann, true);
        var blocked = await Send(ann);
        await Block(bob, ann, false);
        await Send(ann);

        await Delete(ann, blocked);
        await ShouldAgree("the blocked one is deleted");
        await Delete(ann, counted);
        await ShouldAgree("one of the counted ones is deleted");
    }

    [Fact]
    public async Task After_a_part_was_read_the_rest_is_counted_exactly()
    {
        var (ann, bob) = (_users[0], _users[1]);
        var first = await Send(ann);
        var second = await Send(ann);
        var third = await Send(ann);
        await Send(ann);
        await ShouldAgree("four messages");

        await Delete(ann, third);
        await Read(bob, first);
        await ShouldAgree("two are left: the deleted one has a place and no count");
        await Delete(ann, second);
        await ShouldAgree("one is left");
    }

    [Theory]
    [InlineData(7)]
    [InlineData(2026)]
    [InlineData(31337)]
    [InlineData(5)]
    public async Task Counts_equal_a_recount_after_any_sequence(int seed)
    {
        const int steps = 36;
        var random = new Random(seed);
        for (var step = 0; step < steps; step++)
        {
            var action = await Act(random);
            _log.Append(action).Append("; ");
            await ShouldAgree(action);
        }
    }

    private async Task<string> Act(Random random)
    {
        var user = _users[random.Next(_users.Length)];
        var isMember = _model.Members.Contains(user);
        switch (random.Next(20))
        {
            case < 6 when isMember:
                await Send(user);
                return $"{Name(user)} sends";
            case < 8 when isMember && _users[random.Next(_users.Length)] is var named:
                await Send(user, named);
                return $"{Name(user)} mentions {Name(named)}";
            case 8 when _model.Messages.Count > 0:
                return await Edit(random);
            case < 11 when _model.Messages.Count > 0:
                var (message, author) = _model.Messages[random.Next(_model.Messages.Count)];
                if (!_model.Members.Contains(author)) return "";
                await Delete(author, message);
                return $"{Name(author)} deletes {message.Seq}";
            case < 13 when isMember && _model.Messages.Count > 0:
                var upTo = _model.Messages[random.Next(_model.Messages.Count)].Message;
                await Read(user, upTo);
                return $"{Name(user)} reads to {upTo.Seq}";
            case 13 when isMember:
                await user.ReadAllNotifications();
                _model.ReadsNotifications(user);
                return $"{Name(user)} reads notifications";
            case 14 or 15 when isMember:
                await Mute(user, !_model.HasMuted(user));
                return $"{Name(user)} {(_model.HasMuted(user) ? "mutes" : "unmutes")}";
            case 16 when isMember && _model.IsLooking(user):
                await LookAway(user);
                return $"{Name(user)} looks away";
            case 16 or 17 when isMember && !_model.IsLooking(user):
                await Look(user);
                return $"{Name(user)} looks";
            case 18:
                var other = _users[(Array.IndexOf(_users, user) + 1) % _users.Length];
                await Block(user, other, !_model.HasBlocked(user, other));
                return $"{Name(user)} {(_model.HasBlocked(user, other) ? "blocks" : "unblocks")} {Name(other)}";
            case 19 when user != _users[0]:
                await (isMember ? Leave(user) : Join(user));
                return $"{Name(user)} {(isMember ? "leaves" : "joins")}";
            default:
                return "";
        }
    }

    /// <summary>Also who is told of everything: their count shows that a message was handled which counts for nobody else.</summary>
    private IEnumerable<User> Compared => [.. _users, _watch];

    private string Name(User user) => user == _watch ? "watch" : $"{(char)('a' + Array.IndexOf(_users, user))}";

    private async Task<Message> Send(User author, User? mentioned = null)
    {
        var message = await author.Send(_room, TextFor(mentioned));
        _model.Sends(author, message, mentioned);
        return message;
    }

    private async Task<string> Edit(Random random)
    {
        var (message, author) = _model.Messages[random.Next(_model.Messages.Count)];
        if (!_model.Members.Contains(author)) return "";
        var mentioned = random.Next(3) > 0 ? _users[random.Next(_users.Length)] : null;
        await author.Edit(message, TextFor(mentioned));
        _model.Edits(message, mentioned);
        return $"{Name(author)} edits {message.Seq} for {(mentioned is null ? "nobody" : Name(mentioned))}";
    }

    private static string TextFor(User? mentioned) => mentioned is null ? "counted?" : $"counted, @{mentioned.Account.Username}?";

    private async Task Delete(User author, Message message)
    {
        await author.Delete(message);
        _model.Deletes(message);
    }

    private async Task Read(User user, Message upTo)
    {
        await user.Read(upTo);
        _model.Reads(user, upTo);
    }

    /// <summary>What counts is decided when a message is handled: all earlier ones have to be, before the rules change.</summary>
    private async Task Mute(User user, bool isMuted)
    {
        await ShouldAgree("before a room is muted or not");
        await user.Prefer(new { muted_rooms = isMuted ? new[] { new { room_id = _room } } : [] });
        _model.Mutes(user, isMuted);
    }

    private async Task Look(User user)
    {
        await ShouldAgree("before a room is opened");
        var stream = await user.Stream(_room);
        await stream.First();
        _open.Add(user, stream);
        _model.Looks(user, true);
    }

    /// <summary>The server notices later that a stream is closed: until then messages do not count for its user.</summary>
    private async Task LookAway(User user)
    {
        await ShouldAgree("before a room is closed");
        await _open[user].DisposeAsync();
        _open.Remove(user);
        _model.Looks(user, false);
        var muted = _model.HasMuted(user);
        if (muted) await Mute(user, false);
        await Eventually.Holds(
            async () =>
            {
                var (before, probe) = (await NotifiedOf(user), await Send(_voice));
                await Eventually.Holds(async () => await NotifiedOf(_watch) == _model.NotifiedOf(_watch), "the probe is handled");
                var wasTold = await NotifiedOf(user) > before;
                await Delete(_voice, probe);
                await ShouldAgree($"a probe for {Name(user)} that is deleted");
                return wasTold;
            },
            "the room is closed");
        if (muted) await Mute(user, true);
    }

    private async Task Block(User user, User other, bool isBlocked)
    {
        await ShouldAgree("before a block");
        if (isBlocked) await user.Block(other);
        else await user.Unblock(other);
        // The events of a pair go by the lower of the two ids.
        foreach (var one in (User[])[user, other]) await one.ReadNotifications((await one.WaitForFriendEvents(server.Process)).Id);
        _model.Blocks(user, other, isBlocked);
    }

    private async Task Leave(User user)
    {
        if (_model.IsLooking(user))
        {
            await _open[user].DisposeAsync();
            _open.Remove(user);
        }
        (await user.Api.Delete($"/chat-rooms/{_room}/members/{user.Id}")).ShouldBe(204);
        _model.Leaves(user);
        _model.Looks(user, false);
    }

    private async Task Join(User user)
    {
        var link = await _users[0].NewInviteLink(_room);
        (await user.Join(link)).ShouldBe(200);
        _model.Joins(user);
    }

    private async Task<int> NotifiedOf(User user) =>
        (await user.Notifications("?unread=true&limit=100")).Notifications.Where(IsToldOf).Sum(n => n.Count);

    private bool IsToldOf(Notification n) => n.Kind == "message" && n.RoomId == _room;

    private async Task ShouldAgree(string after)
    {
        var (seen, expected) = ("", "");
        try
        {
            await Eventually.Holds(async () => (seen = await Seen()) == (expected = Expected()), "the counts");
        }
        catch (ShouldAssertException)
        {
            seen.ShouldBe(expected, $"{after}, behind: {_log}");
        }
    }

    private string Expected()
    {
        var text = new StringBuilder();
        foreach (var user in Compared)
        {
            var isMember = _model.Members.Contains(user);
            var (unread, told, rung) = isMember ? (_model.UnreadOf(user), _model.NotifiedOf(user), _model.RingingOf(user)) : (-1, 0, 0);
            text.AppendLine(CultureInfo.InvariantCulture, $"{Name(user)}: unread {unread}, told {told}, mentioned {rung}");
        }
        var numbers = _model.UnreadBy().OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Value);
        return text.AppendLine(string.Join(' ', numbers)).ToString();
    }

    /// <summary>The same from every place where users see it, which must agree with each other.</summary>
    private async Task<string> Seen()
    {
        var text = new StringBuilder();
        foreach (var user in Compared)
        {
            var answer = await user.Api.Get($"/chat-rooms/{_room}");
            var unread = answer.Status == 200 ? answer.As<Room>().UnreadCount : -1;
            if (unread >= 0)
            {
                var listed = (await user.Api.Get("/chat-rooms")).As<RoomList>().Rooms.Single(room => room.Id == _room).UnreadCount;
                if (listed != unread || await user.UnreadIn(_room) != unread) text.Append("differs in places; ");
            }
            var page = await user.Notifications("?unread=true&limit=100");
            var badge = await user.UnreadNotifications();
            if (page.UnreadCount != page.Notifications.Length || badge != page.UnreadCount) text.Append("the badge differs; ");
            var told = page.Notifications.Where(IsToldOf).Sum(n => n.Count);
            var rung = page.Notifications.Count(n => n.Kind == "mention" && n.RoomId == _room);
            text.AppendLine(CultureInfo.InvariantCulture, $"{Name(user)}: unread {unread}, told {told}, mentioned {rung}");
        }
        var history = await _users[0].WholeHistory(_room);
        var numbers = history.Where(message => message.MessageType != "system").OrderBy(message => message.Id, StringComparer.Ordinal);
        return text.AppendLine(string.Join(' ', numbers.Select(message => message.UnreadByCount))).ToString();
    }
}
