using BigTech.BuildingBlocks.Events;

namespace BigTech.Tests.Integration.Chat;

/// <summary>A bus without events, on which a test can report lost events.</summary>
internal sealed class FollowersOnlyBus : IEventBus
{
    private readonly Dictionary<string, Action> _gaps = [];
    private readonly Dictionary<string, Action<EventEnvelope>> _handlers = [];

    public bool IsShared => true;

    public void LoseEvents(string topic) => _gaps[topic]();

    public void Bring(EventEnvelope e) => _handlers[e.Topic](e);

    public ITopicFollower Follow(string topic, Action<EventEnvelope> handle, Action gap)
    {
        _gaps.Add(topic, gap);
        _handlers.Add(topic, handle);
        return new NullFollower();
    }

    public IConsumer Consume(Subscription subscription) => throw new NotSupportedException();

    public Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription, CancellationToken ct) =>
        throw new NotSupportedException();

    public Task<(int Handled, int Remaining)> Replay(Subscription subscription, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask<long> LowWatermark(PublishedTopic published, CancellationToken ct) => throw new NotSupportedException();

    private sealed class NullFollower : ITopicFollower
    {
        public Task Started => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
