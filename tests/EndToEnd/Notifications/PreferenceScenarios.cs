using BigTech.Tests.EndToEnd.Friends;

namespace BigTech.Tests.EndToEnd.Notifications;

public sealed record MutedRoom(long RoomId, DateTimeOffset? Until);

public sealed record Quiet(string Start, string End, string TimeZone);

public sealed record NotificationPreferences(Dictionary<string, bool> Kinds, MutedRoom[] MutedRooms, Quiet? QuietHours);

[Scenarios]
public sealed class PreferenceScenarios(SharedServer server)
{
    [Fact]
    public async Task Everything_is_wanted_at_first_and_what_is_set_is_given_back()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        var group = (await ann.CreateGroup("group", bob)).Id;
        var first = await bob.Preferences();
        first.Kinds.Keys.Order().ShouldBe(["friend_accepted", "friend_request", "group_invite", "mention", "message", "system"]);
        first.Kinds.Values.ShouldAllBe(isWanted => isWanted);
        (first.MutedRooms.Length, first.QuietHours).ShouldBe((0, null));
        var until = new DateTimeOffset(2126, 1, 1, 0, 0, 0, TimeSpan.Zero);

        var set = await bob.Prefer(new
        {
            kinds = new { message = false, system = false, mention = true },
            muted_rooms = new object[] { new { room_id = group, until }, new { room_id = room } },
            quiet_hours = new { start = "22:30", end = "07:00", time_zone = "Asia/Seoul" },
        });

        set.Kinds.Where(kind => !kind.Value).Select(kind => kind.Key).Order().ShouldBe(["message", "system"]);
        set.MutedRooms.ShouldBe([new MutedRoom(room, null), new MutedRoom(group, until)]);
        set.QuietHours.ShouldBe(new Quiet("22:30", "07:00", "Asia/Seoul"));
        Wire.Write(await bob.Preferences()).ShouldBe(Wire.Write(set));
        Wire.Write(await bob.Prefer(set)).ShouldBe(Wire.Write(set), "an answer is a request that changes nothing");
    }

    [Fact]
    public async Task What_a_request_does_not_name_stays_and_null_ends_the_quiet_hours()
    {
        var (_, bob, room) = await server.TwoInARoom();
        var first = await bob.Preferences();
        var set = await bob.Prefer(new
        {
            kinds = new { message = false, system = false },
            muted_rooms = new[] { new { room_id = room } },
            quiet_hours = new { start = "22:30", end = "07:00", time_zone = "Asia/Seoul" },
        });

        Wire.Write(await bob.Prefer(new { })).ShouldBe(Wire.Write(set));
        Wire.Write(await bob.Prefer(new { kinds = (object?)null, muted_rooms = (object?)null })).ShouldBe(Wire.Write(set));
        Wire.Write(await bob.Prefer(new { kinds = new { system = false } })).ShouldBe(Wire.Write(set));
        (await Put(bob, new { muted_room = Array.Empty<object>() })).ShouldBlame("muted_room");
        Wire.Write(await bob.Preferences()).ShouldBe(Wire.Write(set));

        (await bob.Prefer(new { quiet_hours = (object?)null })).ShouldSatisfyAllConditions(
            changed => changed.QuietHours.ShouldBeNull(), changed => changed.MutedRooms.ShouldBe(set.MutedRooms));
        (await bob.Prefer(new { muted_rooms = Array.Empty<object>() })).MutedRooms.ShouldBeEmpty();
        Wire.Write(await bob.Prefer(new { kinds = new { message = true, system = true } })).ShouldBe(Wire.Write(first));
    }

    [Fact]
    public async Task Kinds_that_a_user_turned_off_do_not_notify()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await bob.Prefer(new { kinds = new { message = false } });

        await ann.Send(room, $"hello @{bob.Account.Username}");

        await bob.Receives("mention");
        await bob.Prefer(new { kinds = new { message = true, mention = false, friend_request = false } });
        await ann.Ask(bob);
        await ann.Send(room, $"hello again @{bob.Account.Username}");
        await bob.Receives("message");
        (await bob.Notifications()).Kinds.ShouldBe(["message", "mention"]);
    }

    [Fact]
    public async Task A_muted_room_notifies_of_mentions_only_and_a_mute_runs_out()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await bob.Prefer(new { muted_rooms = new[] { new { room_id = room } } });
        await ann.Send(room, "without a notification");
        await ann.Send(room, $"with a notification, @{bob.Account.Username}");
        await bob.Receives("mention");
        (await bob.Notifications()).Kinds.ShouldBe(["mention"]);

        await bob.Prefer(new { muted_rooms = new[] { new { room_id = room, until = DateTimeOffset.UtcNow.AddMinutes(-1) } } });

        (await bob.Preferences()).MutedRooms.ShouldBeEmpty();
        await ann.Send(room, "with a notification again");
        (await bob.Receives("message")).Count.ShouldBe(1);
        await bob.Prefer(new { muted_rooms = new[] { new { room_id = room, until = DateTimeOffset.UtcNow.AddHours(1) } } });
        var other = (await ann.CreateGroup("other", bob)).Id;
        await ann.Send(room, "not counted");
        await ann.Send(other, "with a notification");
        await bob.Receives(n => n.RoomId == other && n.Kind == "message", "the other room");
        (await bob.Notifications()).Notifications.Single(n => n.RoomId == room && n.Kind == "message").Count.ShouldBe(1);
    }

    [Fact]
    public async Task Only_rooms_of_ones_own_can_be_muted_and_a_mute_outlives_the_room()
    {
        var (ann, bob, _) = await server.TwoInARoom();
        var foreign = (await ann.RoomWith(await server.NewUser())).Id;
        var group = (await ann.CreateGroup("group", bob)).Id;
        var before = await bob.Prefer(new { muted_rooms = new[] { new { room_id = group } } });

        await Eventually.Holds(
            async () => (await Put(bob, new { muted_rooms = new[] { new { room_id = group }, new { room_id = foreign } } })).Status == 403,
            "the foreign room is known");
        (await Put(bob, new { muted_rooms = new[] { new { room_id = foreign } } })).ShouldBeProblem(403, "not_a_member");
        (await Put(bob, new { muted_rooms = new[] { new { room_id = 9_000_000_000_000 } } })).ShouldBeProblem(404, "room_not_found");
        Wire.Write(await bob.Preferences()).ShouldBe(Wire.Write(before), "nothing is changed");

        (await ann.Api.Delete($"/chat-rooms/{group}/members/{bob.Id}")).ShouldBe(204);
        await bob.Receives("system");
        Wire.Write(await bob.Prefer(before)).ShouldBe(Wire.Write(before), "what is muted already may be repeated");
        await bob.Prefer(new { muted_rooms = Array.Empty<object>() });
        (await Put(bob, new { muted_rooms = new[] { new { room_id = group } } })).ShouldBeProblem(403, "not_a_member");
    }

    [Fact]
    public async Task In_quiet_hours_a_notification_is_stored_without_an_alert_and_afterwards_the_next_message_alerts()
    {
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.StreamOfNotifications();
        await bob.Prefer(new { quiet_hours = Around(DateTimeOffset.UtcNow) });

        await ann.Send(room, "at night");
        var created = (await stream.WaitFor(e => e.Type == "notification.created", "it is written down")).As<NotificationChange>();
        await bob.Prefer(new { quiet_hours = Around(DateTimeOffset.UtcNow.AddHours(12)) });
        await ann.Send(room, "in the morning");
        var updated = (await stream.WaitFor(e => e.Type == "notification.updated", "the next one")).As<NotificationChange>();

        (created.Alert, updated.Alert, updated.Notification.Count).ShouldBe((false, true, 2));
        await ann.Send(room, "once more");
        (await stream.WaitFor(e => e.Type == "notification.updated" && e.As<NotificationChange>().Notification.Count == 3, "the third"))
            .As<NotificationChange>().Alert.ShouldBeFalse("it was sent already");
    }

    [Theory]
    [InlineData("2030-01-01T00:00:00")]
    [InlineData("2030-01-01T00:00:00.5")]
    [InlineData("2030-01-01T00:00")]
    [InlineData("2030-01-01")]
    [InlineData("2030\\u002d01-01T00:00:00")]
    [InlineData("2030-01-01T00:00Z")]
    [InlineData("2030-01-01T00:00z")]
    [InlineData("2030-01-01T09:00+09:00")]
    [InlineData("2030-01-01 00:00:00Z")]
    [InlineData("2030-01-01T00:00:00\\u0022z")]
    [InlineData("")]
    public async Task A_mute_until_a_time_without_seconds_or_an_offset_is_refused(string until)
    {
        var (_, bob, room) = await server.TwoInARoom();
        var body = $"{{\"muted_rooms\":[{{\"room_id\":{room},\"until\":\"{until}\"}}]}}";

        (await bob.Api.Send(HttpMethod.Put, "/notifications/preferences", new StringContent(body, null, "application/json")))
            .ShouldBlame("muted_rooms");

        (await bob.Preferences()).MutedRooms.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("2130-01-01T09:00:00+09:00")]
    [InlineData("2129-12-31T19:30:00.000-04:30")]
    [InlineData("2130-01-01T00:00:00Z")]
    [InlineData("2130-01-01T00:00:00z")]
    [InlineData("2130-01-01t09:00:00.000+09:00")]
    [InlineData("2130-01-01t00:00:00\\u007a")]
    [InlineData("2130-01-01T00:00:00\\u002b00:00")]
    public async Task A_mute_until_a_time_with_an_offset_ends_at_that_instant(string until)
    {
        var (_, bob, room) = await server.TwoInARoom();
        var body = $"{{\"muted_rooms\":[{{\"room_id\":{room},\"until\":\"{until}\"}}]}}";

        var answer = await bob.Api.Send(HttpMethod.Put, "/notifications/preferences", new StringContent(body, null, "application/json"));

        answer.As<NotificationPreferences>().MutedRooms
            .ShouldBe([new MutedRoom(room, new DateTimeOffset(2130, 1, 1, 0, 0, 0, TimeSpan.Zero))]);
    }

    [Theory]
    [InlineData("Asia/Calcutta", "Asia/Kolkata")]
    [InlineData("Europe/Kiev", "Europe/Kyiv")]
    [InlineData("ROK", "Asia/Seoul")]
    [InlineData("Etc/UTC", "UTC")]
    public async Task A_former_name_of_a_time_zone_is_given_back_as_its_canonical_name(string name, string canonical)
    {
        var bob = await server.NewUser();

        var set = await bob.Prefer(new { quiet_hours = new { start = "22:00", end = "07:00", time_zone = name } });

        set.QuietHours!.TimeZone.ShouldBe(canonical);
        (await bob.Preferences()).QuietHours!.TimeZone.ShouldBe(canonical);
    }

    [Fact]
    public async Task Malformed_preferences_are_refused_by_field_and_change_nothing()
    {
        var bob = await server.NewUser();
        var before = Wire.Write(await bob.Prefer(new { kinds = new { message = false } }));

        (await Put(bob, new { kinds = new { gossip = true } })).ShouldBlame("kinds");
        (await Put(bob, new { muted_rooms = new[] { new { until = "2030-01-01T00:00:00Z" } } })).ShouldBlame("muted_rooms");
        (await Put(bob, new { muted_rooms = new[] { new { room_id = 0 } } })).ShouldBlame("muted_rooms");
        (await Put(bob, new { muted_rooms = new object?[] { null } })).ShouldBlame("muted_rooms");
        (await Put(bob, new { muted_rooms = new[] { new { room_id = 1 }, new { room_id = 1 } } })).ShouldBlame("muted_rooms");
        (await Put(bob, new { muted_rooms = Enumerable.Range(1, 1001).Select(id => new { room_id = id }) })).ShouldBlame("muted_rooms");
        (await Put(bob, new { quiet_hours = new { start = "22:00", end = "7:00", time_zone = "UTC" } })).ShouldBlame("quiet_hours.end");
        (await Put(bob, new { quiet_hours = new { start = "25:00", end = "07:00", time_zone = "UTC" } })).ShouldBlame("quiet_hours.start");
        (await Put(bob, new { quiet_hours = new { start = "07:00", end = "07:00", time_zone = "UTC" } })).ShouldBlame("quiet_hours.end");
        string[] zones =
        [
            "", "Nowhere/Atlantis", "../../etc/passwd", "+09:00", "localtime", "posixrules", "Factory", "right/Asia/Seoul",
        ];
        foreach (var zone in zones)
        {
            (await Put(bob,
                new { quiet_hours = new { start = "22:00", end = "07:00", time_zone = zone } })).ShouldBlame("quiet_hours.time_zone");
        }
        (await Put(bob, new { quiet_hours = new { } })).ShouldBlame("quiet_hours.time_zone");
        (await Put(bob, new { kinds = 1 })).ShouldBeProblem(422, "invalid");
        (await Put(bob, new { muted_rooms = "all" })).ShouldBeProblem(422, "invalid");
        (await bob.Api.Send(HttpMethod.Put, "/notifications/preferences",
            new StringContent("{", null, "application/json"))).ShouldBeProblem(400, "malformed_json");
        (await server.Anonymous.Get("/notifications/preferences")).ShouldBeProblem(401);
        (await server.Anonymous.Put("/notifications/preferences", new { })).ShouldBeProblem(401);

        Wire.Write(await bob.Preferences()).ShouldBe(before);
    }

    private static Task<Answer> Put(User user, object preferences) => user.Api.Put("/notifications/preferences", preferences);

    /// <summary>Two hours around the current time, in UTC.</summary>
    private static object Around(DateTimeOffset now) =>
        new { start = $"{now.AddHours(-1):HH:mm}", end = $"{now.AddHours(1):HH:mm}", time_zone = "UTC" };
}
