namespace BigTech.Load.Scenarios;

/// <summary>One question that a run answers.</summary>
internal interface IScenario
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>Measures, and adds figures and problems to the report.</summary>
    Task Run(LoadContext context, CancellationToken cancellation);
}
