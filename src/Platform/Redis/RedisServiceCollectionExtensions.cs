using BigTech.Platform.Auth;
using BigTech.Platform.Streams;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Platform.Redis;

public static class RedisServiceCollectionExtensions
{
    /// <summary>
    /// The state that replicas share: in Redis if the section <c>Redis</c> has an address, else in this process alone. Call it before the
    /// modules, which depend on the choice, and before services that load their state from Redis at their start.
    /// </summary>
    /// <exception cref="SettingException">A setting of the section is invalid.</exception>
    public static IServiceCollection AddRedis(this IServiceCollection services, IConfiguration config)
    {
        var options = OptionsBinding.Bind<RedisOptions>(config, "Redis");
        services.AddSingleton(provider => new MemoryRequestLimiter(provider.GetRequiredService<TimeProvider>()));
        if (string.IsNullOrWhiteSpace(options.Configuration))
        {
            services.AddSingleton<IBackplane, NullBackplane>();
            return services.AddSingleton<IRequestLimiter>(provider => provider.GetRequiredService<MemoryRequestLimiter>());
        }
        var presence = OptionsBinding.Bind<PresenceOptions>(config, "Presence");
        services.AddSingleton(options);
        services.AddSingleton<RedisConnection>();
        services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<IBackplane, RedisBackplane>();
        services.AddSingleton<IStreamTickets, RedisStreamTickets>();
        services.AddSingleton<RedisSessionRevocations>();
        services.AddSingleton<ISessionRevocations>(provider => provider.GetRequiredService<RedisSessionRevocations>());
        services.AddHostedService(provider => provider.GetRequiredService<RedisSessionRevocations>());
        services.AddSingleton<RedisPresenceTracker>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<PresenceLeases>(provider, presence));
        services.AddSingleton<IStreamObserver>(provider => provider.GetRequiredService<PresenceLeases>());
        services.AddHostedService(provider => provider.GetRequiredService<PresenceLeases>());
        return services.AddSingleton<IRequestLimiter, RedisRequestLimiter>();
    }

    /// <summary>Whether <see cref="AddRedis"/> has registered Redis: a module then registers the shared form of its parts.</summary>
    public static bool SharesState(this IServiceCollection services) => services.Any(service => service.ServiceType == typeof(RedisConnection));
}
