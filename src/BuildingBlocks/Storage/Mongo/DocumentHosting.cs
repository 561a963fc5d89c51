using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.BuildingBlocks.Storage.Mongo;

public static class DocumentHosting
{
    /// <summary>Registers the document database of the section <c>Mongo</c>: one for all contexts that use it.</summary>
    /// <exception cref="SettingException">A setting of the section is invalid.</exception>
    public static IServiceCollection AddDocuments(this IServiceCollection services, IConfiguration config)
    {
        var options = OptionsBinding.Bind<MongoOptions>(config, "Mongo");
        // Messages and notifications may both register it.
        if (services.Any(service => service.ServiceType == typeof(DocumentDatabase))) return services;
        services.AddSingleton<DocumentHealth>().AddHealthChecks().AddCheck<DocumentHealth>("documents");
        return services.AddSingleton(provider =>
        {
            var documents = new DocumentDatabase(options, provider.GetRequiredService<ILogger<DocumentDatabase>>());
            documents.Observe(provider.GetRequiredService<IMeterFactory>());
            return documents;
        });
    }
}
