using BigTech.BuildingBlocks.Events;

namespace BigTech.Server;

/// <summary><c>Server dlq list</c> and <c>Server dlq replay</c>.</summary>
internal static class DeadLetterCommands
{
    /// <returns>0 when no dead letter is left, 1 otherwise.</returns>
    public static async Task<int> Run(ServerCommand command, IServiceProvider services)
    {
        var bus = services.GetRequiredService<IEventBus>();
        var left = 0;
        foreach (var subscription in services.GetServices<Subscription>())
        {
            left += command == ServerCommand.ListDeadLetters ? await List(bus, subscription) : await Replay(bus, subscription);
        }
        return left == 0 ? 0 : 1;
    }

    private static async Task<int> List(IEventBus bus, Subscription subscription)
    {
        var letters = await bus.DeadLetters(subscription, CancellationToken.None);
        foreach (var letter in letters)
        {
            var error = letter.Error.ReplaceLineEndings(" ");
            Console.WriteLine(
                $"{subscription.Topic}.dlq\t{subscription.Group}\t{letter.Type}\t{letter.EventId}\t{letter.Attempts} attempts\t{error}");
        }
        return letters.Count;
    }

    private static async Task<int> Replay(IEventBus bus, Subscription subscription)
    {
        var (handled, remaining) = await bus.Replay(subscription, CancellationToken.None);
        Console.WriteLine($"{subscription.Topic}.dlq\t{subscription.Group}\t{handled} handled\t{remaining} remain");
        return remaining;
    }
}
