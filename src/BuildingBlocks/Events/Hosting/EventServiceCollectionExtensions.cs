using BigTech.BuildingBlocks.Events.Embedded;
using BigTech.BuildingBlocks.Events.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BigTech.BuildingBlocks.Events.Hosting;

public static class EventServiceCollectionExtensions
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
        services.AddHostedService<ConsumerLag>();
        services.AddHostedService<OutboxDepth>();
        services.AddHostedService<OutboxRetention>();
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
            (KafkaBus)provider.GetRequiredService<IEventBus>(), provider.GetRequiredService<IBackplane>(),
            provider.GetServices<PublishedTopic>()));
        services.AddHostedService<ProcessedEventsRetention>();
    }
}
