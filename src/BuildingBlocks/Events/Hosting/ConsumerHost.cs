using Microsoft.Extensions.Hosting;

namespace BigTech.BuildingBlocks.Events.Hosting;

/// <summary>Runs every subscription that the composed contexts have registered.</summary>
internal sealed class ConsumerHost(IEventBus bus, IEnumerable<Subscription> subscriptions) : IHostedService
{
    private volatile IConsumer[] _consumers = [];

    public IReadOnlyList<IConsumer> Consumers => _consumers;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _consumers = [.. subscriptions.Select(bus.Consume)];
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_consumers.Select(consumer => consumer.DisposeAsync().AsTask()));
}
