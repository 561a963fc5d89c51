using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BigTech.Platform.Events;

/// <summary>
/// The bus of one process: consumers tail the outbox of the producing context, and keep their place in their own store, in the
/// transaction of the effect. Nothing is copied and nothing can be lost in between.
/// </summary>
/// <param name="logs">For each topic, the log of the context that owns it.</param>
public sealed class EmbeddedBus(
    IReadOnlyDictionary<string, EventLog> logs, IOptions<BusOptions> options, TimeProvider time, ILoggerFactory loggers) : IEventBus
{
    public IConsumer Consume(Subscription subscription)
    {
        if (!logs.TryGetValue(subscription.Topic, out var log)) throw new ArgumentException($"No context here owns {subscription.Topic}.");
        return new LogConsumer(subscription, log, options.Value, time, loggers.CreateLogger<LogConsumer>());
    }

    public async Task<IReadOnlyList<DeadLetter>> DeadLetters(Subscription subscription, CancellationToken ct) =>
        await new DeadLetters(subscription).List(ct);

    public async Task<(int Handled, int Remaining)> Replay(Subscription subscription, CancellationToken ct)
    {
        var letters = new DeadLetters(subscription);
        var handled = 0;
        var waiting = await letters.Ids(ct);
        foreach (var id in waiting)
        {
            if (await letters.TryHandle(id, ct)) handled++;
        }
        return (handled, waiting.Count - handled);
    }
}
