using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Streaming;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class EventStreamTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_stream_opens_with_headers_that_proxies_leave_alone()
    {
        using var fixture = new StreamFixture();
        var opened = fixture.Open();
        await Eventually.Holds(() => opened.Received == "ready\n", "the opening");

        opened.Http.Response.ContentType.ShouldBe("text/event-stream");
        opened.Http.Response.Headers["X-Accel-Buffering"].ToString().ShouldBe("no");
        opened.Http.Response.Headers.CacheControl.ToString().ShouldContain("no-cache");
        fixture.Registry.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Items_arrive_in_the_order_in_which_they_were_pushed()
    {
        using var fixture = new StreamFixture();
        var opened = fixture.Open();
        var expected = "ready\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i}\n"));

        for (var i = 0; i < 500; i++) opened.Stream.Push($"{i}");

        await Eventually.Holds(() => opened.Received.Length >= expected.Length, "all items");
        opened.Received.ShouldBe(expected);
    }

    [Fact]
    public async Task Items_that_come_while_the_stream_opens_are_written_after_the_opening()
    {
        using var fixture = new StreamFixture();
        var mayOpen = new TaskCompletionSource();
        var opened = fixture.Open(opening: () => mayOpen.Task);
        opened.Stream.Push("early");
        opened.Received.ShouldBeEmpty();

        mayOpen.SetResult();

        await Eventually.Holds(() => opened.Received == "ready\nearly\n", "the early item after the opening");
    }

    [Fact]
    public async Task Two_streams_of_a_user_resume_at_once_and_a_third_waits_for_its_turn()
    {
        using var fixture = new StreamFixture();
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var one = fixture.Open(opening: () => first.Task, lastEventId: "1");
        var two = fixture.Open(opening: () => second.Task, lastEventId: "1");
        var third = fixture.Open(lastEventId: "1");
        var other = fixture.Open(userId: 2, lastEventId: "1");
        var live = fixture.Open();
        await Eventually.Holds(() => other.Received == "ready\n" && live.Received == "ready\n", "who does not wait");
        third.Http.Response.ContentType.ShouldBeNull("it has not begun");

        first.SetResult();

        await Eventually.Holds(() => one.Received == "ready\n" && third.Received == "ready\n", "the third");
        two.Received.ShouldBeEmpty();
        second.SetResult();
        await Eventually.Holds(() => two.Received == "ready\n", "the second");
    }

    [Fact]
    public async Task A_stream_whose_turn_to_resume_does_not_come_is_refused()
    {
        using var fixture = new StreamFixture();
        var never = new TaskCompletionSource();
        for (var i = 0; i < 2; i++) fixture.Open(opening: () => never.Task, lastEventId: "1");
        var third = fixture.Open(lastEventId: "1");
        third.Running.IsCompleted.ShouldBeFalse();

        fixture.Time.Advance(TimeSpan.FromSeconds(10));

        (await Should.ThrowAsync<AppError>(() => third.Running)).Code.ShouldBe("too_many_replays");
        fixture.Registry.Count.ShouldBe(2);
        never.SetResult();
    }

    [Fact]
    public async Task A_reader_who_stops_reading_is_cut_off_with_an_event_and_costs_the_pusher_nothing()
    {
        using var fixture = new StreamFixture(new StreamOptions { QueueLength = 8 });
        var opened = fixture.Open(reading: false);
        for (var i = 0; i < 10_000; i++) opened.Stream.Push($"item {i:00000}");

        opened.StartReading();

        await Eventually.Ends(opened.Running, "the stream of a reader that fell behind");
        await Eventually.Holds(() => opened.Received.EndsWith("lagged\n", StringComparison.Ordinal), "the word that it fell behind");
        opened.Received.Split("lagged").Length.ShouldBe(2);
        var items = opened.Received.Split('\n')[1..^2];
        items.ShouldBe(
            Enumerable.Range(0, items.Length).Select(i => $"item {i:00000}"), "what was written is what came first, without a hole");
        items.Length.ShouldBeLessThan(10_000);
    }

    [Fact]
    public async Task A_queue_that_is_just_full_loses_nothing()
    {
        using var fixture = new StreamFixture(new StreamOptions { QueueLength = 8 });
        var mayOpen = new TaskCompletionSource();
        var opened = fixture.Open(opening: () => mayOpen.Task);
        for (var i = 0; i < 8; i++) opened.Stream.Push($"{i}");
        mayOpen.SetResult();
        await Eventually.Holds(() => opened.Received == "ready\n0\n1\n2\n3\n4\n5\n6\n7\n", "eight items");
    }

    [Fact]
    public async Task One_more_than_the_queue_holds_is_too_many()
    {
        using var fixture = new StreamFixture(new StreamOptions { QueueLength = 8 });
        var mayOpen = new TaskCompletionSource();
        var opened = fixture.Open(opening: () => mayOpen.Task);
        for (var i = 0; i < 9; i++) opened.Stream.Push($"{i}");
        mayOpen.SetResult();
        await Eventually.Ends(opened.Running, "the stream");
        await Eventually.Holds(() => opened.Received == "ready\nlagged\n", "only the word that it fell behind");
    }

    [Fact]
    public async Task What_may_get_lost_takes_half_of_the_queue_at_most()
    {
        using var fixture = new StreamFixture(new StreamOptions { QueueLength = 8 });
        var mayOpen = new TaskCompletionSource();
        var opened = fixture.Open(opening: () => mayOpen.Task);
        for (var i = 0; i < 8; i++) opened.Stream.Offer($"{i}");
        for (var i = 4; i < 8; i++) opened.Stream.Push($"{i}");
        mayOpen.SetResult();
        await Eventually.Holds(() => opened.Received == "ready\n0\n1\n2\n3\n4\n5\n6\n7\n", "four of the first and all of the others");
    }

    [Fact]
    public async Task Close_drops_what_waits_and_leaves_once()
    {
        using var fixture = new StreamFixture();
        var mayOpen = new TaskCompletionSource();
        var opened = fixture.Open(opening: () => mayOpen.Task);
        opened.Stream.Push("waits");
        opened.Stream.Close();
        mayOpen.SetResult();

        await Eventually.Ends(opened.Running, "the closed stream");
        opened.Stream.Push("late");

        await Eventually.Holds(() => opened.Received == "ready\n", "the opening and nothing after it");
        opened.Stream.Leaves.ShouldBe(1);
        fixture.Registry.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Close_wakes_an_idle_stream()
    {
        using var fixture = new StreamFixture();
        var opened = fixture.Open();
        await Eventually.Holds(() => opened.Received == "ready\n", "the opening");
        opened.Stream.Close();
        await Eventually.Ends(opened.Running, "the closed stream");
    }

    [Fact]
    public async Task CloseAfter_writes_everything_first()
    {
        using var fixture = new StreamFixture();
        var opened = fixture.Open();
        for (var i = 0; i < 20; i++) opened.Stream.Push($"{i}");
        opened.Stream.CloseAfter("last");

        await Eventually.Ends(opened.Running, "the ending stream");
        await Eventually.Holds(() => opened.Received.EndsWith("19\nlast\n", StringComparison.Ordinal), "the last item");
    }

    [Fact]
    public async Task Nothing_follows_the_last_item()
    {
        using var fixture = new StreamFixture();
        var mayOpen = new TaskCompletionSource();
        var opened = fixture.Open(opening: () => mayOpen.Task);
        opened.Stream.CloseAfter("last");
        opened.Stream.Push("later");
        mayOpen.SetResult();

        await Eventually.Ends(opened.Running, "the ending stream");
        await Eventually.Holds(() => opened.Received == "ready\nlast\n", "the last item and nothing after it");
    }

    [Fact]
    public async Task A_reader_who_hangs_up_ends_the_stream()
    {
        using var fixture = new StreamFixture();
        var opened = fixture.Open();
        await Eventually.Holds(() => opened.Received == "ready\n", "the opening");
        opened.HangUp();
        await Eventually.Ends(opened.Running, "the stream without a reader");
        opened.Stream.Leaves.ShouldBe(1);
    }

    [Fact]
    public async Task A_reader_who_hangs_up_in_the_middle_of_a_write_ends_the_stream()
    {
        using var fixture = new StreamFixture();
        var opened = fixture.Open(reading: false);
        opened.Stream.Push(new string('x', 1000));
        await Eventually.Holds(() => fixture.Registry.Count == 1, "the open stream");
        opened.HangUp();
        await Eventually.Ends(opened.Running, "the stream without a reader");
        fixture.Registry.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_silent_stream_gets_a_comment_line_and_a_busy_one_does_not()
    {
        using var fixture = new StreamFixture(new StreamOptions { HeartbeatSeconds = 15 });
        var opened = fixture.Open();
        await Eventually.Holds(() => opened.Received == "ready\n", "the opening");

        fixture.Time.Advance(14 * Second);
        opened.Stream.Push("busy");
        await Eventually.Holds(() => opened.Received == "ready\nbusy\n", "the item");
        fixture.Time.Advance(10 * Second);
        opened.Stream.Push("marker");
        await Eventually.Holds(() => opened.Received.EndsWith("marker\n", StringComparison.Ordinal), "the marker");
        opened.Received.ShouldBe("ready\nbusy\nmarker\n");

        await Eventually.Holds(
            () =>
            {
                fixture.Time.Advance(Second);
                return opened.Received.StartsWith("ready\nbusy\nmarker\n:\n\n", StringComparison.Ordinal);
            }, "a comment line");
    }

    [Fact]
    public async Task A_reader_who_takes_nothing_at_all_is_cut()
    {
        using var fixture = new StreamFixture(new StreamOptions { StalledSeconds = 60, HeartbeatSeconds = 15 });
        var opened = fixture.Open(reading: false);
        opened.Stream.Push(new string('x', 1000));
        await Eventually.Holds(() => !opened.Running.IsCompleted && fixture.Registry.Count == 1, "the open stream");

        fixture.Time.Advance(50 * Second);
        opened.IsAborted.ShouldBeFalse();
        await Eventually.Holds(() => AdvanceUntilAborted(fixture, opened), "the cut");
        await Eventually.Ends(opened.Running, "the stalled stream");
    }

    [Fact]
    public async Task Streams_are_rotated_with_jitter()
    {
        // The clock jumps while an opening event may still be in flight: no reader counts as stalled here.
        using var fixture = new StreamFixture(new StreamOptions { RotateMinutes = 60, StalledSeconds = 24 * 3600 });
        var opened = Enumerable.Range(0, 40).Select(i => fixture.Open(userId: i)).ToList();
        await Eventually.Holds(() => opened.TrueForAll(stream => stream.Received == "ready\n"), "the openings");

        fixture.Time.Advance(TimeSpan.FromMinutes(47));
        fixture.Registry.Count.ShouldBe(40);
        fixture.Time.Advance(TimeSpan.FromMinutes(13));
        await Eventually.Holds(() => fixture.Registry.Count is > 0 and < 40, "some streams ended and some not");
        fixture.Time.Advance(TimeSpan.FromMinutes(13));
        await Eventually.Holds(() => fixture.Registry.Count == 0, "all streams ended");
        await Eventually.Ends(Task.WhenAll(opened.Select(stream => stream.Running)), "all streams");
    }

    [Fact]
    public async Task A_user_may_hold_only_so_many_streams()
    {
        using var fixture = new StreamFixture(new StreamOptions { MaxPerUser = 3 });
        var opened = Enumerable.Range(0, 3).Select(_ => fixture.Open(userId: 1)).ToList();

        var error = await Should.ThrowAsync<AppError>(fixture.Open(userId: 1).Running);
        error.Kind.ShouldBe(ErrorKind.RateLimited);
        error.RetryAfter.ShouldNotBeNull();
        fixture.Open(userId: 2).Running.IsCompleted.ShouldBeFalse("another user has their own count");

        opened[0].Stream.Close();
        await Eventually.Ends(opened[0].Running, "the closed stream");
        fixture.Open(userId: 1).Running.IsFaulted.ShouldBeFalse("a place is free again");
        await Should.ThrowAsync<AppError>(fixture.Open(userId: 1).Running);
    }

    [Fact]
    public async Task Presence_receives_every_stream_that_opens_and_closes_and_no_other()
    {
        using var fixture = new StreamFixture(new StreamOptions { MaxPerUser = 2 });
        var opened = Enumerable.Range(0, 2).Select(_ => fixture.Open(userId: 1)).ToList();
        await Should.ThrowAsync<AppError>(fixture.Open(userId: 1).Running);
        fixture.Presence.OpenOf(1).ShouldBe(2);

        opened[0].Stream.Close();
        opened[1].HangUp();

        await Eventually.Ends(Task.WhenAll(opened.Select(stream => stream.Running)), "both streams");
        fixture.Presence.OpenOf(1).ShouldBe(0);
    }

    [Fact]
    public async Task The_end_of_a_session_ends_its_streams_and_no_others()
    {
        using var fixture = new StreamFixture();
        var (mine, others) = (fixture.Open(session: "s1"), fixture.Open(session: "s2"));
        await Eventually.Holds(() => mine.Received.Length > 0 && others.Received.Length > 0, "the openings");

        fixture.Revocations.Revoke("s1", fixture.Time.GetUtcNow().AddMinutes(15));

        await Eventually.Ends(mine.Running, "the stream of the session");
        others.Running.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_stream_of_a_session_that_ended_meanwhile_ends_too()
    {
        using var fixture = new StreamFixture();
        fixture.Revocations.Revoke("s1", fixture.Time.GetUtcNow().AddMinutes(15));
        await Eventually.Ends(fixture.Open(session: "s1").Running, "the stream of the session");
    }

    [Fact]
    public async Task Stopping_the_program_ends_every_stream()
    {
        using var fixture = new StreamFixture();
        var opened = Enumerable.Range(0, 5).Select(i => fixture.Open(userId: i)).ToList();
        fixture.Lifetime.StopApplication();
        await Eventually.Ends(Task.WhenAll(opened.Select(stream => stream.Running)), "all streams");
        await Eventually.Ends(fixture.Open(userId: 9).Running, "a stream that came too late");
    }

    private static bool AdvanceUntilAborted(StreamFixture fixture, OpenedStream opened)
    {
        fixture.Time.Advance(Second);
        return opened.IsAborted;
    }
}
