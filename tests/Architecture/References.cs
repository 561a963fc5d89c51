using Mono.Cecil;
using Mono.Cecil.Cil;

namespace BigTech.Tests.Architecture;

/// <summary>Every type that a type mentions: in signatures, attributes and method bodies, including nested types.</summary>
internal static class References
{
    public static IReadOnlyCollection<TypeReference> Of(TypeDefinition type)
    {
        var found = new Dictionary<string, TypeReference>();
        Collect(type, found);
        return found.Values;
    }

    private static void Collect(TypeDefinition type, Dictionary<string, TypeReference> found)
    {
        Add(type.BaseType, found);
        foreach (var implemented in type.Interfaces) Add(implemented.InterfaceType, found);
        Attributes(type, found);
        foreach (var parameter in type.GenericParameters) Constraints(parameter, found);
        foreach (var field in type.Fields)
        {
            Add(field.FieldType, found);
            Attributes(field, found);
        }
        foreach (var property in type.Properties) Attributes(property, found);
        foreach (var method in type.Methods) Collect(method, found);
        foreach (var nested in type.NestedTypes) Collect(nested, found);
    }

    private static void Collect(MethodDefinition method, Dictionary<string, TypeReference> found)
    {
        Signature(method, found);
        Attributes(method, found);
        foreach (var parameter in method.GenericParameters) Constraints(parameter, found);
        foreach (var parameter in method.Parameters) Attributes(parameter, found);
        if (!method.HasBody) return;
        foreach (var variable in method.Body.Variables) Add(variable.VariableType, found);
        foreach (var handler in method.Body.ExceptionHandlers) Add(handler.CatchType, found);
        foreach (var instruction in method.Body.Instructions) Collect(instruction, found);
    }

    private static void Collect(Instruction instruction, Dictionary<string, TypeReference> found)
    {
        switch (instruction.Operand)
        {
            case TypeReference type:
                Add(type, found);
                break;
            case MethodReference method:
                Add(method.DeclaringType, found);
                Signature(method, found);
                if (method is GenericInstanceMethod generic)
                {
                    foreach (var argument in generic.GenericArguments) Add(argument, found);
                }
                break;
            case FieldReference field:
                Add(field.DeclaringType, found);
                Add(field.FieldType, found);
                break;
        }
    }

    private static void Signature(MethodReference method, Dictionary<string, TypeReference> found)
    {
        Add(method.ReturnType, found);
        foreach (var parameter in method.Parameters) Add(parameter.ParameterType, found);
    }

    private static void Constraints(GenericParameter parameter, Dictionary<string, TypeReference> found)
    {
        foreach (var constraint in parameter.Constraints) Add(constraint.ConstraintType, found);
    }

    private static void Attributes(ICustomAttributeProvider provider, Dictionary<string, TypeReference> found)
    {
        foreach (var attribute in provider.CustomAttributes)
        {
            Add(attribute.AttributeType, found);
            foreach (var argument in attribute.ConstructorArguments)
            {
                if (argument.Value is TypeReference type) Add(type, found);
            }
        }
    }

    private static void Add(TypeReference? type, Dictionary<string, TypeReference> found)
    {
        switch (type)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                foreach (var argument in generic.GenericArguments) Add(argument, found);
                Add(generic.ElementType, found);
                return;
            case IModifierType modified:
                Add(modified.ModifierType, found);
                Add(modified.ElementType, found);
                return;
            case TypeSpecification specification:
                Add(specification.ElementType, found);
                return;
            default:
                found.TryAdd(type.FullName, type);
                return;
        }
    }
}
