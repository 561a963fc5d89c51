using System.Diagnostics.Metrics;
using BigTech.Contracts;
using BigTech.Platform.Redis;
using BigTech.Platform.Events.Kafka;
using BigTech.Platform.Sql;
using BigTech.Platform.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BigTech.Platform.Events;

/// <summary>A topic and the store of the context that publishes it.</summary>
public sealed record PublishedTopic(string Topic, Store Store);

public static class EventHosting
{
    /// <summary>The bus with its consumers and log retention: on Kafka if <c>Kafka:BootstrapServers</c> is set, else embedded.</summary>
    /// <exception cref="SettingException">A setting of the section <c>Kafka</c> is invalid.</exception>
    public static IServiceCollection AddEventBus(this IServiceCollection services, IConfiguration config)
    {
        var kafka = OptionsBinding.Bind<KafkaOptions>(config, "Kafka");
        if (kafka.IsSet) services.AddKafkaBus(kafka);
        else services.AddEmbeddedBus();
        services.AddSingleton<ConsumerHost>();
        services.AddHostedService(provider => provider.GetRequiredService<ConsumerHost>());
        services.AddHostedService<Retention>();
        return services;
    }

    private static void AddEmbeddedBus(this IServiceCollection services) => services.AddSingleton<IEventBus>(provider => new EmbeddedBus(
        provider.GetServices<PublishedTopic>().ToDictionary(published => published.Topic, published => published.Store.Log),
        provider.GetServices<Subscription>(),
        provider.GetRequiredService<IOptions<BusOptions>>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>()));

    private static void AddKafkaBus(this IServiceCollection services, KafkaOptions options)
    {
        services.AddSingleton<IEventBus>(provider => new KafkaBus(
            options,
            provider.GetRequiredService<IOptions<BusOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => new RelayHost(
            (KafkaBus)provider.GetRequiredService<IEventBus>(), provider.GetRequiredService<IBackplane>(), provider.GetServices<PublishedTopic>()));
        services.AddHostedService<ProcessedEventsRetention>();
    }
}

/// <summary>Runs every subscription that the composed contexts have registered, and reports the lag of each.</summary>
internal sealed partial class ConsumerHost(
    IEventBus bus, IEnumerable<Subscription> subscriptions, IEnumerable<PublishedTopic> topics, IMeterFactory meters, ILogger<ConsumerHost> logger)
    : BackgroundService
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(5);
    private readonly List<IConsumer> _consumers = [];
    private volatile LagSample[] _samples = [];
    private volatile DepthSample[] _depths = [];

    private sealed record LagSample(string Group, string Topic, long Lag, long DeadLetters);

    private sealed record DepthSample(string Topic, long Events);

    public IReadOnlyList<IConsumer> Consumers => _consumers;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var subscription in subscriptions) _consumers.Add(bus.Consume(subscription));
        var meter = meters.Create(Meters.Name);
        meter.CreateObservableGauge("bigtech.events.consumer.lag", () => _samples.Select(s => Measure(s, s.Lag)), "{event}",
            "Events that a consumer group has yet to handle.");
        meter.CreateObservableGauge("bigtech.events.dead_letters", () => _samples.Select(s => Measure(s, s.DeadLetters)), "{event}",
            "Events that wait in the dead letters of a consumer group.");
        meter.CreateObservableGauge("bigtech.outbox.depth", () => _depths.Select(s => new Measurement<long>(s.Events, Tag("topic", s.Topic))), "{event}",
            "Events of a topic that wait in the outbox: for the slowest consumer group, or for Kafka.");
        meter.CreateObservableGauge(
            "bigtech.store.writer.waiting",
            () => topics.Select(t => t.Store).Distinct().Select(store => new Measurement<long>(store.WaitingWrites, Tag("store", store.Name))), "{write}",
            "Writes that wait for a commit.");
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_consumers.Select(consumer => consumer.DisposeAsync().AsTask()));
    }

    // Separately: while the brokers are unavailable the depth of the outbox can still be read, and shows the lag.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Sample(async () => _depths = await TakeDepths(stoppingToken), stoppingToken),
        Sample(async () => _samples = await TakeSamples(stoppingToken), stoppingToken));

    private async Task Sample(Func<Task> take, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SampleInterval);
        try
        {
            do await TrySample(take, ct);
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Normal shutdown.
        }
    }

    private async Task TrySample(Func<Task> take, CancellationToken ct)
    {
        try
        {
            await take();
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            LogNoSample(error);
        }
    }

    private async Task<LagSample[]> TakeSamples(CancellationToken ct)
    {
        var samples = new List<LagSample>();
        foreach (var consumer in _consumers)
        {
            var subscription = consumer.Subscription;
            samples.Add(new LagSample(subscription.Group, subscription.Topic, await consumer.Lag(ct), await consumer.DeadLetters(ct)));
        }
        return [.. samples];
    }

    private async Task<DepthSample[]> TakeDepths(CancellationToken ct)
    {
        var samples = new List<DepthSample>();
        foreach (var published in topics)
        {
            var delivered = await bus.LowWatermark(published, ct);
            samples.Add(new DepthSample(published.Topic, await published.Store.Log.CountAfter(published.Topic, delivered, ct)));
        }
        return [.. samples];
    }

    private static Measurement<long> Measure(LagSample sample, long value) => new(value, Tag("group", sample.Group), Tag("topic", sample.Topic));

    [LoggerMessage(1, LogLevel.Warning, "Reading outbox depth or consumer lag failed")]
    private partial void LogNoSample(Exception error);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}

/// <summary>Deletes events that are older than their topic's retention, except those that the bus still has to deliver.</summary>
internal sealed partial class Retention(
    IEnumerable<PublishedTopic> topics, IEventBus bus, IOptions<BusOptions> options, TimeProvider time, ILogger<Retention> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.Value.RetentionMinutes), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var topic in topics) await TrimTopic(topic, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Normal shutdown.
        }
    }

    private async Task TrimTopic(PublishedTopic published, CancellationToken ct)
    {
        var retention = Topics.All.Single(topic => topic.Name == published.Topic).Retention;
        try
        {
            var delivered = await bus.LowWatermark(published, ct);
            var gone = await published.Store.Log.Trim(published.Topic, delivered, time.GetUtcNow() - retention, ct);
            if (gone > 0) LogTrimmed(gone, published.Topic);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogTrimFailed(error, published.Topic);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Deleted {Count} events of {Topic} past their retention")]
    private partial void LogTrimmed(int count, string topic);

    [LoggerMessage(2, LogLevel.Warning, "Deleting old events of {Topic} failed; retrying")]
    private partial void LogTrimFailed(Exception error, string topic);
}
