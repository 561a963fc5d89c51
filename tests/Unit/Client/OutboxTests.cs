using System.Net;
using BigTech.Chat.Client;

namespace BigTech.Tests.Unit.Client;

/// <summary>What the outbox of the SDK does between the attempts.</summary>
public sealed class OutboxTests : IDisposable
{
    private readonly StubServer _server = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_message_that_waits_for_its_next_attempt_can_be_removed()
    {
        _server.Fails();
        await using var outbox = new MessageOutbox(_server.Client(_time));
        var states = new List<OutboxState>();
        outbox.Changed += message =>
        {
            lock (states) states.Add(message.State);
        };
        var first = outbox.Add(1, "first");
        await Eventually.Holds(() => first is { State: OutboxState.Waiting, Error: not null }, "the first attempt has failed");
        var second = outbox.Add(1, "second");

        outbox.Remove(first).ShouldBeTrue();
        _server.Json("{\"id\":\"m2\",\"content\":\"second\"}");
        outbox.RetryNow();

        (await second.Sent).Id.ShouldBe("m2");
        _server.Requests.Count.ShouldBe(2);
        outbox.Messages.ShouldBeEmpty();
        lock (states) states.ShouldContain(OutboxState.Sending);
    }

    [Fact]
    public async Task A_handler_that_throws_stops_no_message()
    {
        _server.Json("{\"id\":\"m1\"}").Json("{\"id\":\"m2\"}");
        await using var outbox = new MessageOutbox(_server.Client(_time));
        outbox.Changed += _ => throw new InvalidOperationException("planted");

        (await outbox.Add(1, "first").Sent).Id.ShouldBe("m1");
        var second = outbox.Add(1, "second");

        (await second.Sent).Id.ShouldBe("m2");
        second.State.ShouldBe(OutboxState.Sent);
    }

    [Fact]
    public async Task What_was_not_sent_waits_when_the_outbox_is_stopped()
    {
        _server.Fails();
        var outbox = new MessageOutbox(_server.Client(_time));
        var message = outbox.Add(1, "kept");
        await Eventually.Holds(() => message is { State: OutboxState.Waiting, Error: not null }, "the first attempt has failed");

        await outbox.DisposeAsync();

        message.State.ShouldBe(OutboxState.Waiting);
        outbox.Unsent.ShouldHaveSingleItem().Message.Content.ShouldBe("kept");
    }

    [Fact]
    public async Task What_was_refused_is_sent_again_only_if_the_user_says_so()
    {
        _server.Answers(HttpStatusCode.Forbidden).Json("{\"id\":\"m2\"}").Json("{\"id\":\"m1\"}");
        await using var before = new MessageOutbox(_server.Client(_time));
        var message = before.Add(1, "refused");
        await Eventually.Holds(() => message.State == OutboxState.Failed, "the refusal");

        await using var after = new MessageOutbox(_server.Client(_time), before.Unsent);
        (await after.Add(1, "another").Sent).Id.ShouldBe("m2");
        var kept = after.Messages.ShouldHaveSingleItem();
        kept.State.ShouldBe(OutboxState.Failed);
        after.Retry(kept);

        (await kept.Sent).Id.ShouldBe("m1");
        _server.Requests.Count.ShouldBe(3);
    }
}
