using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BigTech.Platform.Documents;

public static class DocumentHosting
{
    /// <summary>Registers the database of documents that the section <c>Mongo</c> names: one for all contexts that keep some.</summary>
    /// <exception cref="SettingException">A setting of the section is wrong.</exception>
    public static IServiceCollection AddDocuments(this IServiceCollection services, IConfiguration config)
    {
        var options = OptionsBinding.Bind<MongoOptions>(config, "Mongo");
        // Messages and notifications may both ask for it.
        if (services.Any(service => service.ServiceType == typeof(DocumentDatabase))) return services;
        services.AddHealthChecks().AddCheck<DocumentHealth>("documents");
        return services.AddSingleton(provider => new DocumentDatabase(options, provider.GetRequiredService<ILogger<DocumentDatabase>>()));
    }
}
